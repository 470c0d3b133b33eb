/* SPDX-License-Identifier: Apache-2.0
 * The few declarations of Kiwi's C interface that interop/kiwi.hpp calls, as its documentation gives them for version 0.17.
 * Only where Kiwi is not installed; kiwi.cpp defines what they do. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kiwi_s* kiwi_h;
typedef struct kiwi_res* kiwi_res_h;
typedef struct kiwi_morphset* kiwi_morphset_h;
typedef struct kiwi_pretokenized* kiwi_pretokenized_h;
enum { KIWI_BUILD_DEFAULT = 7 };
enum { KIWI_MATCH_ALL_WITH_NORMALIZING = 15 | 1 << 23 | 1 << 16 };

const char* kiwi_error(void);
kiwi_h kiwi_init(const char* model_path, int num_threads, int options);
kiwi_res_h kiwi_analyze(kiwi_h handle, const char* text, int top_n, int match_options, kiwi_morphset_h blocklist,
                        kiwi_pretokenized_h pretokenized);
int kiwi_close(kiwi_h handle);
int kiwi_res_size(kiwi_res_h result);
int kiwi_res_word_num(kiwi_res_h result, int index);
const char* kiwi_res_form(kiwi_res_h result, int index, int num);
const char* kiwi_res_tag(kiwi_res_h result, int index, int num);
int kiwi_res_close(kiwi_res_h result);

#ifdef __cplusplus
}
#endif
