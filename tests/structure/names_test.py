# SPDX-License-Identifier: Apache-2.0
"""names.py finds what it should in a header that uses every form of declaration."""
from names import listed_twice, public_names, wrong_headers

HEADER = r'''
#pragma once
#define MACRO(x) struct not_this { x }
namespace kindred::room {
struct options { int rows = 3; double f(int x) const { return x; } };
class forward;
template <class T, class D> class matrix final : public base<T> { matrix(int); void member(); };
template <> class matrix<int, void> { };
enum class kind : unsigned char { negative, positive };
template <class C, class D> concept Learner = Device<D> && requires(C& c) { { c.fit() } -> std::same_as<void>; c.more(); };
template <class T> concept Simple = std::same_as<T, float> || (sizeof(T) == 8);
template <class T> requires requires(T t) { t.x; } void constrained(T t);
template <class T> requires (sizeof(T) > 1) inline T clauses(T t) { return t; }
KINDRED_HD constexpr double uniform(int seed = 3, options o = {}) { if (seed) { return 1; } return 0; }
[[nodiscard]] inline auto trailing(int a) -> std::vector<int> { return {a}; }
inline constexpr int limit = 3;
template <class T> inline constexpr T largest = std::numeric_limits<T>::max();
inline constexpr options defaults{};
using index_t = std::int64_t;
using other::name;
template <class T> using alias = matrix<T, void>;
matrix(int) -> matrix<int, void>;
options operator+(options a, options b);
template void matrix<int, void>::member();
KINDRED_INLINE void forward::member_function(int a) { a = 1; }
template <class T> void templated_class<T>::member_function(int a) { a = 1; }
template <class T> KINDRED_INLINE std::vector<T> returns_template(const_matrix<T, cpu> a, std::string_view s = "{;}") { return {}; }
void function(void (*callback)(int), index_t n = index_t{3});
namespace detail { struct hidden {}; void also_hidden(); }
namespace { int nobody; }
namespace inner { struct nested { }; }
}  // namespace kindred::room
namespace kindred::room::detail { template <class T> struct deeper { }; }
namespace kindred { struct after { }; }
'''

EXPECTED = {
    "options", "forward", "matrix", "kind", "Learner", "Simple", "constrained", "clauses", "uniform", "trailing", "limit", "largest",
    "defaults", "index_t", "alias", "returns_template", "function", "nested", "after",
}

found = public_names(HEADER)
assert found == EXPECTED, f"missing: {sorted(EXPECTED - found)}, surplus: {sorted(found - EXPECTED)}"

PAGE = """
| name | formula |
|---|---|
| `a`, `b` | `c` |
| `c` | `a` |

| name | formula |
|---|---|
| `b` | |

| method | score |
|---|---|
| `c` | |
"""
assert listed_twice(PAGE) == ["b"], listed_twice(PAGE)

PAGE = """
| name | header | formula |
|---|---|---|
| `a`, `b<int>` | `one.hpp` | |
| `c`, `of_another_room` | `two.hpp`, `three.cuh` | `a` |
| `b` | | |

| name | formula |
|---|---|
| `a` | `two.hpp` |
"""
DECLARING = {"a": ["kindred/room/one.hpp"], "b": ["kindred/room/two.hpp"], "c": ["kindred/room/three.cuh", "kindred/room/four.hpp"]}
assert list(wrong_headers(PAGE, DECLARING)) == [("b", ["one.hpp"], ["two.hpp"])], list(wrong_headers(PAGE, DECLARING))
print(f"{len(found)} names found as expected")
