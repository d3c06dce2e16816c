/* SPDX-License-Identifier: MIT */
/* Private to lib/explore/: checked reading of JSON text. An error names file, line and path,
 * what was found and what is expected. */
#ifndef NAP_EXPLORE_JSON_READ_H
#define NAP_EXPLORE_JSON_READ_H

#include <regnap/run.h>

#include <jansson.h>

#define NAP_JSON_PATH_BYTES 160

struct nap_json_reader {
    const char *text;
    size_t bytes;
    const char *file;
    struct nap_error *error;
};

/* A value of the file and where it stands, as "choices[2].kind". */
struct nap_json_value {
    json_t *json;
    char path[NAP_JSON_PATH_BYTES];
};

/* json_line.c: line of the value at @path, or of the last value on the way to it that is there.
 * jansson has accepted the text. */
unsigned nap_json_line(const char *text, size_t bytes, const char *path);

enum nap_err nap_json_refuse(struct nap_json_reader *l, const struct nap_json_value *v,
                             const char *format, ...) NAP_PRINTF(3, 4);
enum nap_err nap_json_check_type(struct nap_json_reader *l, const struct nap_json_value *v,
                                 json_type type);
/* Checks that @v is an object whose keys are all in @keys. */
enum nap_err nap_json_check_object(struct nap_json_reader *l, const struct nap_json_value *v,
                                   const char *const *keys);
/* Where the value is, that of @key in @parent; element @index of an array. */
void nap_json_set_path(struct nap_json_value *v, const struct nap_json_value *parent,
                       const char *key);
struct nap_json_value nap_json_element(const struct nap_json_value *array, size_t index);
/* Member @key of @object, which must be there: of any type, or of @type. */
enum nap_err nap_json_need_any(struct nap_json_reader *l, const struct nap_json_value *object,
                               const char *key, struct nap_json_value *out);
enum nap_err nap_json_need(struct nap_json_reader *l, const struct nap_json_value *object,
                           const char *key, json_type type, struct nap_json_value *out);

/* The value itself: a string of @min to @bytes - 1 bytes, without control characters; one of
 * @names. */
enum nap_err nap_json_take_text(struct nap_json_reader *l, const struct nap_json_value *v,
                                size_t min, char *out, size_t bytes);
enum nap_err nap_json_take_name(struct nap_json_reader *l, const struct nap_json_value *v,
                                const char *const *names);

/* The same of member @key of @object, which must be there. */
enum nap_err nap_json_read_text(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, size_t min, char *out, size_t bytes);
enum nap_err nap_json_read_name(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, const char *const *names, char *out,
                                size_t bytes);
enum nap_err nap_json_read_number(struct nap_json_reader *l,
                                  const struct nap_json_value *object, const char *key,
                                  json_int_t min, json_int_t max, uint32_t *out);
enum nap_err nap_json_read_bool(struct nap_json_reader *l, const struct nap_json_value *object,
                                const char *key, bool *out);
/* 32 hexadecimal digits. */
enum nap_err nap_json_read_digest(struct nap_json_reader *l,
                                  const struct nap_json_value *object, const char *key,
                                  struct nap_hash128 *out);

/* What of a text is printable and valid UTF-8, as out->text; texts of a counterexample are all
 * shorter than an error. */
void nap_json_printable(const char *text, struct nap_error *out);

#endif
