// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <kindred/io/atomic_file.hpp>
#include <string>

#include "files.hpp"

namespace fs = std::filesystem;
namespace io = kindred::io;

namespace {

void save(const std::string& path, const std::string& text) {
  io::atomic_file file(path);
  file.write(text);
  file.commit();
}

struct stat status_of(const std::string& path) {
  struct stat s {};
  REQUIRE(::lstat(path.c_str(), &s) == 0);
  return s;
}

}  // namespace

TEST_CASE("a file that is replaced keeps its mode and owner, a new one has the mode of the umask") {
  const temporary_folder folder;
  const std::string path = folder / "private";
  const mode_t before = ::umask(027);
  save(path, "one");
  CHECK((status_of(path).st_mode & 07777) == 0640);
  ::umask(before);
  for (const mode_t mode : {0600u, 0755u, 0444u}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    save(path, "two");
    CHECK((status_of(path).st_mode & 07777) == mode);
  }
  if (::geteuid() == 0) {
    REQUIRE(::chown(path.c_str(), 65534, 65533) == 0);
    save(path, "three");
    CHECK(status_of(path).st_uid == 65534);
    CHECK(status_of(path).st_gid == 65533);
  }
  {  // private from the start, not from the end
    io::atomic_file file(path);
    CHECK((status_of(path + ".0.part").st_mode & 0077) == 0044);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    io::atomic_file another(path);
    CHECK((status_of(path + ".1.part").st_mode & 0077) == 0);
  }
  CHECK(folder.count() == 1);
}

TEST_CASE("a link stays and the file it leads to is replaced or made") {
  const temporary_folder folder;
  fs::create_directory(folder / "there");
  write_bytes(folder / "there/file", "old");
  fs::create_symlink("there/file", folder / "link");
  fs::create_symlink("link", folder / "second");
  save(folder / "second", "new");
  CHECK(fs::is_symlink(folder / "second"));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(bytes_of(folder / "there/file") == "new");
  fs::create_symlink("there/absent", folder / "dangling");
  save(folder / "dangling", "made");
  CHECK(fs::is_symlink(folder / "dangling"));
  CHECK(bytes_of(folder / "there/absent") == "made");
  fs::create_symlink("circle", folder / "circle");
  CHECK_THROWS_AS(save(folder / "circle", "x"), kindred::io_error);
  CHECK(folder.count() == 5);
}

TEST_CASE("what a killed save leaves goes with the next one, what a living one writes stays") {
  const temporary_folder folder;
  const std::string path = folder / "state";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const io::atomic_file first(path), second(path);
    (void)!::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  save(path, "beside a living writer");
  CHECK(folder.count() == 3);
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(folder.count() == 3);
  save(path, "after it");
  CHECK(folder.count() == 1);
  CHECK(bytes_of(path) == "after it");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a name may have as many bytes as the folder takes") {
  const temporary_folder folder;
  std::string korean;
  for (int i = 0; i < 84; ++i) korean += "글";
  for (const std::string& name : {std::string(255, 'a'), korean + "abc"}) {
    save(folder / name, name);
    CHECK(bytes_of(folder / name) == name);
  }
  CHECK_THROWS_AS(io::atomic_file(folder / std::string(256, 'a')), kindred::io_error);
  CHECK_THROWS_AS(io::atomic_file(folder / std::string(5000, 'a')), kindred::io_error);
  CHECK(folder.count() == 2);
}
