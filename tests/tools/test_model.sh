#!/bin/sh
# Devices that exist only as a user's YAML: --model. TAP.
#
# usage: test_model.sh REGNAP SOURCE-ROOT DRIVER-OBJECT
set -u
regnap=$(realpath "$1")
toy=$(realpath "$3")
cd "$2" || exit 2
. tests/tools/tap.sh

# The driver writes 1 to offset 0xffc of the first device when it resumes.
cat >"$dir/gate.yaml" <<'YAML'
model: gate
title: a lock and what it locks
source: invented for this test
variants: [only]
window: 0x1000
registers:
  - name: STATUS
    about: what hardware thinks of it
    source: s
    offset: 0x0
    access: ro
    restore: none
    retention: reset
    fields: [{name: BUSY, bits: 0}]
  - name: LOCK
    about: locked after reset
    source: s
    offset: 0x4
    reset: 1
    retention: reset
    fields: [{name: ON, bits: 0}]
  - name: TARGET
    about: locked
    source: s
    offset: 0xffc
    access-sizes: [1, 4]
    retention: unknown
    guard: {register: LOCK, field: ON, value: 0, else: ignored}
    fields: [{name: V, bits: "31:0"}]
YAML
cat >"$dir/board.yaml" <<'YAML'
soc: board
title: a board of two gates
source: invented for this test
domains: [{name: on}]
devices:
  - {name: g0, model: gate, variant: only, base: 0x1000, size: 0x1000, domain: on}
  - {name: g1, model: gate, variant: only, base: 0x2000, size: 0x1000, domain: on}
YAML
cat >"$dir/sleep.yaml" <<'YAML'
scenario: sleep
title: A board that sleeps
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
board="--soc $dir/board.yaml --model $dir/gate.yaml"
sleep="--scenario $dir/sleep.yaml --driver $toy $board"

# --- what is there ---

# shellcheck disable=SC2086 # options are words
{
run list devices $board
check 'a device of the model is listed' all 'exits 0' silent 'says "  g1     gate         only"'
run regs g1 $board
check 'its registers are listed' all 'exits 0' silent 'says "TARGET         0xffc   32    unknown   locked"'
run regs gate TARGET=0x11 $board
check 'a register tells its guard and its access sizes' all 'exits 0' silent \
    'says "written only while LOCK.ON is 0; a write otherwise is ignored"' \
    'says "takes accesses of 1, 4 bytes"'
run list devices --soc rcar-h3 --model "$dir/gate.yaml"
check 'built-in machines stay as they are' all 'exits 0' silent 'says "ipmmu-vmsa   root"'

# --- runs ---

run run $sleep --json
check 'a driver runs on the device' all 'exits 0' silent 'json "
    o[0][\"verdict\"] == \"clean\" and o[0][\"unmodelled\"] == []"'
run run $sleep --set driver.mode=poke --json
check 'its guard is judged' all 'exits 1' silent 'json "
    len(o[0][\"violations\"]) == 1 and
    [v for v in o[0][\"violations\"] if v[\"rule\"] == \"register-protocol\" and
     v[\"device\"] == \"g0\" and v[\"register\"] == \"TARGET\" and
     v[\"message\"] == \"write of 0x1 while LOCK.ON is not 0: the write is ignored\"]"'
run explore $sleep --set driver.mode=poke --out "$dir/out"
check 'it is explored, and told how to replay' all 'exits 1' silent \
    "says ' --scenario $dir/sleep.yaml --soc $dir/board.yaml --model $dir/gate.yaml'"
run replay "$dir"/out/*-g0-*.json $sleep
check 'a counterexample replays with the model' exits 1
edit "$dir/gate.yaml" 'reset: 1' 'reset: 0' "$dir/open.yaml"
run replay "$dir"/out/*-g0-*.json --scenario "$dir/sleep.yaml" --driver "$toy" --soc "$dir/board.yaml" \
    --model "$dir/open.yaml"
check 'with another model the violation is gone, and that is told' exits 0
edit "$dir/gate.yaml" 'offset: 0x4' 'offset: 0x8' "$dir/status.yaml"
edit "$dir/status.yaml" 'offset: 0xffc' 'offset: 0xff8' "$dir/moved.yaml"
edit "$dir/moved.yaml" 'offset: 0x0' 'offset: 0xffc' "$dir/status.yaml"
run run --scenario "$dir/sleep.yaml" --driver "$toy" --soc "$dir/board.yaml" \
    --model "$dir/status.yaml" --set driver.mode=poke --json
check 'an access to what hardware would change is told as not modelled' all 'exits 0' silent \
    'json "o[0][\"unmodelled\"] == [{\"what\": \"g0 STATUS\", \"count\": 1}]"'

# --- what is refused ---

refuses 'a machine without its model is refused' "g0 has model 'gate', which no block has" run \
    --scenario "$dir/sleep.yaml" --driver "$toy" --soc "$dir/board.yaml"
refuses 'a variant that the model has not is refused' "has no variant 'cache'" run \
    --scenario "$dir/sleep.yaml" --driver "$toy" --model "$dir/gate.yaml" \
    --soc "$(edit "$dir/board.yaml" 'variant: only' 'variant: cache' "$dir/variant.yaml" &&
        echo "$dir/variant.yaml")"
refuses 'the same model twice is refused' "found model 'gate', which there is already" list \
    devices $board --model "$dir/open.yaml"
}
refuses 'a built-in model is not replaced' "found model 'ipmmu-vmsa', which there is already" \
    list devices --model models/ipmmu-vmsa.yaml
refuses 'a bad model is refused with its line' 'odd.yaml:19: unknown key' list devices --model \
    "$(edit "$dir/gate.yaml" 'reset: 1' 'rest: 1' "$dir/odd.yaml" && echo "$dir/odd.yaml")"
refuses 'a file that is not there is refused' 'none.yaml: No such file' list --model "$dir/none.yaml"
refuses 'no file name is refused' '--model: found nothing, expected a file name' list --model ''
refuses 'a block that is not there is refused' 'none.so: No such file' list --block "$dir/none.so"
refuses 'a driver is no block' 'found no symbol nap_block' list --block "$toy"
refuses 'no file name of a block is refused' '--block: found nothing, expected a file name' list \
    --block ''
many=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
    many="$many --model $dir/gate.yaml"
done
# shellcheck disable=SC2086 # options are words
refuses 'too many models are refused' 'more than 16 of them' list $many

echo "1..$n"
