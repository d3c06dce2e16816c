#!/bin/sh
# examples/block against an installed regnap, as its README says. TAP.
#
# usage: test_block_example.sh MESON BUILD-ROOT SOURCE-ROOT
set -u
meson=$1
build=$2
cd "$3" || exit 2
. tests/tools/tap.sh

"$meson" install -C "$build" --no-rebuild --quiet --destdir "$dir/root" >"$out" 2>"$err" ||
    { cat "$out" "$err"; echo 'Bail out! cannot install'; exit 1; }
pc=$(find "$dir/root" -name regnap.pc)
prefix=$dir/root$(sed -n 's/^prefix=//p' "$pc")
regnap=$prefix/bin/regnap
PKG_CONFIG_PATH=${pc%/*}
export PKG_CONFIG_PATH

cp -r examples/block "$dir/block"
cd "$dir/block" || exit 2
lines=$(cat ./*.c ./*.yaml | grep -c .)
check "C and YAML of the example are $lines lines, under 150" [ "$lines" -lt 150 ]
check 'it has ten registers' [ "$(grep -c '^  - {name: WDOG' sp805.yaml)" -eq 10 ]
status=0
make PKG_CONFIG="pkg-config --define-variable=prefix=$prefix" CC="${CC:-cc}" >"$out" 2>"$err" ||
    status=$?
check 'it builds without a warning' all 'exits 0' silent
wdt='--scenario sleep.yaml --soc board.yaml --block ./sp805.so --driver ./driver.so'

# shellcheck disable=SC2086 # options are words
{
run run $wdt --json
check 'a right resume is clean' all 'exits 0' silent 'json "
    o[0][\"verdict\"] == \"clean\" and o[0][\"notes\"] == [] and o[0][\"unmodelled\"] == []"'
run run $wdt --set driver.mode=early --json
check 'the rule of the block fires on an early enable, with line and register' all 'exits 1' silent \
    "json \"
    len(o[0]['violations']) == 1 and
    [v for v in o[0]['violations'] if v['rule'] == 'sp805-load-before-enable' and
     v['register'] == 'WDOGCONTROL' and v['file'] == 'driver.c' and
     v['line'] == $(grep -n 'CONTROL, control' driver.c | head -1 | cut -d: -f1) and
     v['message'].endswith('it waits for 0xffffffff ticks')]\""
run run $wdt --set driver.mode=locked --json
check 'the guard of the model names the lock' all 'exits 1' silent 'json "
    [v for v in o[0][\"violations\"] if v[\"rule\"] == \"register-protocol\" and
     v[\"message\"] ==
     \"write of 0x10000 while WDOGLOCK.LOCK is not 0: the write is ignored\"]"'
run explore $wdt --set driver.mode=early --out out
check 'a counterexample says which block it needs' all 'exits 1' silent "says ' --block ./sp805.so'"
run replay out/*.json $wdt
check 'and replays with it' exits 1
run regs wdt WDOGCONTROL --soc board.yaml --block ./sp805.so
check 'its registers can be looked up' all 'exits 0' silent \
    'says "written only while WDOGLOCK.LOCK is 0"'
run list rules --block ./sp805.so
check 'its rule is listed' all 'exits 0' silent 'says "sp805-load-before-enable"'
}
run list devices --soc board.yaml --model sp805.yaml --block ./sp805.so
check 'its model is not there twice' all 'exits 2' "grep -q 'which there is already' $err"

echo "1..$n"
