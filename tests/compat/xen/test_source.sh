#!/bin/sh
# Compiles the IPMMU driver of a Xen source tree as it is, without a warning, against the headers
# of include/regnap/compat/xen, and runs test_xen_source with it.
#
#   test_source.sh TREE WORK PROGRAM RUNTIME COMPILER [FLAG...]
#
# TREE is what scripts/xen-source has fetched; REGNAP_XEN_TREE names another one. 77: none there.
set -eu

tree=${REGNAP_XEN_TREE-$1} work=$2 program=$3 runtime=$4
shift 4
source=$tree/xen/drivers/passthrough/arm/ipmmu-vmsa.c
if [ ! -f "$source" ]; then
    echo "no $source; scripts/xen-source TREE xen/drivers/passthrough/arm fetches it"
    exit 77
fi
object=$work/xen-ipmmu-vmsa.so
"$@" -Wall -Werror "$source" -shared -Wl,--whole-archive "$runtime" -Wl,--no-whole-archive \
    -o "$object"
"$program" "$object"
