/* SPDX-License-Identifier: MIT */
/* Tests whose body is driver code. */
#ifndef TEST_AS_DRIVER_H
#define TEST_AS_DRIVER_H

#include "../rig.h"

/* Runs the test's body as driver code of the machine in *state. */
static inline void as_driver(void **state, int (*body)(void *context))
{
    assert_int_equal(nap_seam_call(*state, "test", body, *state), 0);
}

#define DRIVER_TEST(name)                                                                      \
    static int name##_body(void *context);                                                     \
    static void name(void **state)                                                             \
    {                                                                                          \
        as_driver(state, name##_body);                                                         \
    }                                                                                          \
    static int name##_body(void *context)

#endif
