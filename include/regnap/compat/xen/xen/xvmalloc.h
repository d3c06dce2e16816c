/* SPDX-License-Identifier: MIT */
/* Memory that Xen may take from whole pages. The same as xmalloc.h here. */
#ifndef REGNAP_XEN_XVMALLOC_H
#define REGNAP_XEN_XVMALLOC_H

#include <xen/xmalloc.h>

#define xvmalloc(type)              xmalloc(type)
#define xvzalloc(type)              xzalloc(type)
#define xvmalloc_array(type, count) xmalloc_array(type, count)
#define xvzalloc_array(type, count) xzalloc_array(type, count)
#define xvfree(ptr)                 xfree(ptr)
#define XVFREE(p)                   XFREE(p)

#define xvmalloc_flex_struct(type, field, count) xmalloc_flex_struct(type, field, count)
#define xvzalloc_flex_struct(type, field, count) xzalloc_flex_struct(type, field, count)
#define xvrealloc_flex_struct(ptr, field, count) xrealloc_flex_struct(ptr, field, count)

#endif
