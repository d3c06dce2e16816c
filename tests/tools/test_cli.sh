#!/bin/sh
# The command as a user meets it: exit status, what goes to stdout and stderr, files. TAP.
#
# usage: test_cli.sh REGNAP SOURCE-ROOT DRIVER-OBJECT
set -u
regnap=$(realpath "$1")
toy=$(realpath "$3")
cd "$2" || exit 2
root=$(pwd)
. tests/tools/tap.sh

# --- commands and options ---

refuses 'no command is refused' 'expected one of: list, run' 
refuses 'an unknown command is refused, with the nearest' "did you mean 'explore'" explor
for command in order check-trace merge shell report; do
    refuses "command $command is absent" "unknown command '$command'" $command
done
for option in --jobs=2 --shard=1/2 --resume=x --cross-check --preemptions=1 --time=1 \
    --stop-at=1 --as-test \
    --trace=x; do
    refuses "explore has no $option" "unknown option '${option%%=*}'" explore ipmmu-resume \
        $option
done
for option in --stop-at --as-test --vary --masters --out; do
    refuses "replay has no $option" "unknown option '$option'" replay x.json $option 5
done
for option in --strategy --budget --require-proof; do
    refuses "run has no $option" "unknown option '$option'" run ipmmu-resume $option x
done
refuses 'an option cut short is refused' "did you mean --switch" run ipmmu-resume --switc P02=fault
refuses 'an unknown short option is refused' "unknown option '-x'" run -x
refuses 'an unknown option before the command is refused' "expected a command" --json run
for option in '--variant v9' '--soc rcar-h3' '--seed 2' '--vary none' '--allow none.txt' '--out x'; do
    # shellcheck disable=SC2086 # an option and its value
    refuses "$option twice is refused" 'found it twice, expected it once' run ipmmu-resume $option $option
done
refuses 'a missing value is refused' 'needs a value' run ipmmu-resume --variant
refuses 'a value that is not wanted is refused' 'takes no value' run ipmmu-resume --json=yes
refuses 'list: an unknown topic is refused' 'expected one of: socs' list registers
refuses 'list: a second argument is refused' 'one argument too many' list socs devices
refuses 'run: a second scenario is refused' "one argument too many, 'again'" run ipmmu-resume again
refuses 'run: no scenario is refused' 'expected a name' run
refuses 'replay: no file is refused' 'expected a counterexample file' replay
refuses 'regs: no device is refused' 'expected a device' regs
refuses 'a third argument is refused' 'one argument too many' regs ds1 IMUCTR IMCTR

# --- values ---

refuses '--masters takes held or live' 'expected one of: held, live' run ipmmu-resume --masters x
refuses '--policy takes three names' 'expected one of: eager, lazy, random' run ipmmu-resume \
    --policy never
refuses '--profile takes two names' 'expected one of: zero, hostile' run ipmmu-resume --profile x
for seed in 0 -1 1x '' 99999999999999999999; do
    refuses "--seed '$seed' is refused" 'expected a number from 1' run ipmmu-resume --seed "$seed"
done
refuses '--faults takes a number' 'expected a number from 0' run ipmmu-resume --faults many
refuses '--budget takes a number' 'expected a number from 0' explore ipmmu-resume --budget -5
refuses '--strategy reduce is absent' 'expected one of: exhaustive, random' explore ipmmu-resume \
    --strategy reduce
refuses '--strategy pct is absent' 'expected one of: exhaustive, random' explore ipmmu-resume \
    --strategy pct
for kinds in bogus order,bogus 'order,' ',order' ''; do
    refuses "--vary '$kinds' is refused" 'expected a list of: reset, order' run ipmmu-resume \
        --vary "$kinds"
done
refuses '--set needs a value' 'expected KEY=VALUE' run ipmmu-resume --set probe-order
refuses '--set knows its keys' 'probe-order' run ipmmu-resume --set colour=red
refuses '--set knows its values' 'root-first' run ipmmu-resume --set probe-order=random
refuses '--switch needs a value' 'expected ID=VALUE' run ipmmu-resume --switch P02
refuses '--switch knows its switches' 'expected one of: P01, P02' run ipmmu-resume --switch P99=x
refuses '--switch knows their values' 'expected one of: bypass, fault, stall' run ipmmu-resume \
    --switch P02=maybe
refuses '--switch takes each once' 'found P02 twice' run ipmmu-resume --switch P02=fault \
    --switch P02=stall
refuses 'no switch with a newline reaches the terminal' 'expected one of: P01' run ipmmu-resume \
    --switch 'P
=x'
refuses 'a random search proves nothing' 'expected exhaustive' explore ipmmu-resume \
    --strategy random --require-proof
refuses 'a random search has an end' 'never end' explore ipmmu-resume --strategy random --budget 0
refuses 'an exhaustive search has no seed' 'expected random' explore ipmmu-resume --seed 4
refuses 'random latency must be varied' 'expected latency' explore ipmmu-resume --policy random \
    --vary order

# --- names and files ---

refuses 'an unknown scenario is refused' 'expected one of: ipmmu-resume' run nothing
refuses 'names that do not fit are not cut' ', ...' run nothing
refuses 'an unknown variant is refused' 'expected one of: recommended' run ipmmu-resume --variant v8
refuses 'an unknown machine is refused' 'expected one of: rcar-h3' run ipmmu-resume --soc rcar-h9
refuses 'two scenarios are refused' 'expected one of them' run ipmmu-resume --scenario x.yaml
refuses 'an unknown device is refused' 'expected one of: mm, ds0' regs ds9
refuses 'an unknown register is refused, with the nearest' "did you mean 'IMUCTR'" regs ds1 IMUCTL
refuses 'an index past the end is refused' 'expected 0 to 47' regs ds1 'IMUCTR[48]'
refuses 'an index that is no number is refused' 'expected an index' regs ds1 'IMUCTR[x]'
refuses 'an index without its end is refused' 'expected an index' regs ds1 'IMUCTR[1'
refuses 'a value that is no number is refused' 'expected a number' regs ds1 IMUCTR=on
refuses 'a value too wide is refused' 'expected at most 0xffffffff' regs ds1 IMUCTR=0x100000000
refuses 'text behind the index is refused' 'expected REG' regs ds1 'IMUCTR[1]x'

mkdir "$dir/in"
: >"$dir/in/empty"
head -c 4096 /dev/urandom >"$dir/in/binary"
truncate -s 65M "$dir/in/huge"
printf 'scenario: [1, 2\n' >"$dir/in/syntax"
printf 'colour: red\n' >"$dir/in/key"
python3 -c 'print("scenario: " + "[" * 20000)' >"$dir/in/deep"
python3 -c '
print("a: &a [x, x, x, x, x, x, x, x, x, x]")
for i in range(1, 12):
    print("%s: &%s [%s]" % (chr(97 + i), chr(97 + i), ", ".join(["*" + chr(96 + i)] * 10)))
' >"$dir/in/bomb"
for kind in empty binary huge syntax key deep bomb; do
    for use in scenario soc; do
        cp "$dir/in/$kind" "$dir/in/$kind.yaml"
        if [ $use = scenario ]; then
            refuses "--scenario: a file that is $kind is refused" "$kind.yaml" run \
                --scenario "$dir/in/$kind.yaml" --trace "$dir/trace"
        else
            refuses "--soc: a file that is $kind is refused" "$kind.yaml" run ipmmu-resume \
                --soc "$dir/in/$kind.yaml" --trace "$dir/trace"
        fi
    done
    refuses "replay: a file that is $kind is refused" "/$kind" replay "$dir/in/$kind"
done
for use in scenario soc; do
    name=$([ $use = soc ] && echo ipmmu-resume)
    refuses "--$use: a file that is not there is refused" 'No such file' run $name \
        --$use "$dir/in/none.yaml"
    refuses "--$use: a directory is refused" 'directory' run $name --$use "$dir/in/"
done
refuses 'replay: a file that is not there is refused' 'No such file' replay "$dir/in/none"
refuses 'replay: a directory is refused' 'directory' replay "$dir/in"
check 'bad input leaves no trace behind' [ ! -e "$dir/trace" ]

edit models/soc/rcar-h3.yaml 'base: 0xe6740000' 'base: 0xe67b0800' "$dir/in/overlap.yaml"
refuses 'an overlap is refused with its line' 'overlap.yaml:' run ipmmu-resume \
    --soc "$dir/in/overlap.yaml"
edit scenarios/ipmmu-resume.yaml 'masters: [[avb, avb0, dmac0]' 'masters: [[gpu, vpu]' "$dir/in/gpu.yaml"
refuses 'a master that the machine has not is refused' "'gpu'" run --scenario "$dir/in/gpu.yaml"
edit scenarios/ipmmu-resume.yaml 'driver: ipmmu' 'driver: smmu' "$dir/in/smmu.yaml"
refuses 'driver logic that is not there is refused' "driver 'smmu'" run \
    --scenario "$dir/in/smmu.yaml"

# --- list, regs, help ---

for words in --help --version 'list --help' 'run --help' 'explore -h' 'replay --help' 'hazards --help' \
    'regs --help'
do
    # shellcheck disable=SC2086
    run $words
    check "$words tells" all 'exits 0' silent '[ -s "$out" ]'
done
run explore --help
check 'help stays within a terminal' [ "$(awk 'length > 100' "$out" | wc -l)" -eq 0 ]
check 'help of explore names --require-proof' says --require-proof
check 'help of explore has no absent option' all '! says --jobs' '! says --cross-check'
for topic in socs:rcar-h3 devices:dmac1 scenarios:ipmmu-resume variants:two-pass-sync \
    rules:ipmmu-root-before-utlb hazards:ipmmu-cache-before-root switches:P18; do
    run list "${topic%%:*}"
    check "list ${topic%%:*} names ${topic#*:}" all 'exits 0' silent "says ${topic#*:}"
done
run list
check 'list tells all' all 'exits 0' 'says rcar-h3' 'says P18' 'says v10' 'says dma-isolation'
run list devices --soc models/soc/rcar-h3.yaml
check 'a machine by file is the same' all 'exits 0' 'says dmac1'
run list devices --json
check 'a machine comes as JSON' all 'exits 0' silent \
    "json 'o[0][\"ram\"][0][\"base\"] == \"0x48000000\" and len(o[0][\"ram\"]) == 4'" \
    "json '[x[\"type\"] for x in o] == [\"machine\"] + 4 * [\"domain\"] + 17 * [\"device\"] + 22 * [\"master\"]'" 'lines 44'
run list devices --soc gicv3-its
check 'a device of system registers has a CPU, and a machine its controller' all 'exits 0' silent \
    'says "interrupts go to gicd, which has 2 CPUs"' \
    'says "icc1   gicv3-cpu-interface cpu-interface cpu1        cpu1-pd"'
run list devices --soc gicv3-its --json
check 'they come as JSON' all 'exits 0' silent "json 'o[0][\"controller\"] == \"gicd\"'" \
    "json '[(x[\"base\"], x[\"cpu\"]) for x in o if x.get(\"name\") == \"icc1\"] == [(None, 1)]'" \
    "json '[(x[\"name\"], x[\"domain\"], x[\"affinity\"]) for x in o if x[\"type\"] == \"cpu\"][1] == (\"cpu1\", \"cpu1-pd\", \"0x1\")'"
# list_json TOPIC TYPE KEYS: every object has this type and these keys, in this order.
list_json()
{
    run list "$1" --json
    check "$1 come as JSON" all 'exits 0' silent \
        "json 'o and all(list(x) == [\"type\", \"schema\"] + \"$3\".split() for x in o)'" \
        "json 'all(x[\"type\"] == \"$2\" for x in o)'"
}
list_json socs soc 'name title source devices masters'
check 'a machine tells its size' \
    json '[(x["devices"], x["masters"]) for x in o if x["name"] == "rcar-h3"] == [(17, 22)]'
list_json scenarios scenario 'name title driver socs variants vary'
check 'a scenario without machines has an empty list' \
    json '[x["socs"] for x in o if x["name"] == "linux-open"] == [[]]'
list_json variants variant 'driver name about catalogue'
list_json hazards catalogue 'id block title source mechanism trigger consequence class rule also shown_by scenario buggy seen_in fixed vary faults budget masters policy profile set switches not_covered'
list_json rules rule 'name class source about'
check 'classes of a rule are a list' \
    json 'all(c[0] == "O" for x in o for c in x["class"]) and all(x["class"] for x in o)'
list_json switches switch 'name model basis values about'
check 'the default of a switch comes first' \
    json '{x["values"][0] for x in o if x["name"] == "P02"} == {"bypass"}'
check 'a switch comes once with each model that has it' json '
    sorted(x["model"] for x in o if x["name"] == "P02") ==
    ["ipmmu-vmsa", "ipmmu-vmsa-gen2", "ipmmu-vmsa-gen4"]'
run list --json
check 'everything comes as JSON' all 'exits 0' silent \
    "json '{\"soc\", \"machine\", \"device\", \"scenario\", \"variant\", \"rule\", \"switch\"} <= {x[\"type\"] for x in o}'"
printf 'no tree' >"$dir/bad.dtb"
refuses 'what is no device tree is refused by its name' \
    "bad.dtb: offset 0x0: found 7 bytes, expected a header of 40" \
    list devices --soc "$dir/bad.dtb"
printf '\320\015\376\355 cut off' >"$dir/cut"
refuses 'a device tree is known by what it holds' \
    "cut: offset 0x0: found 12 bytes, expected a header of 40" list devices --soc "$dir/cut"
run regs ds1
check 'regs lists registers of a cache' all 'exits 0' silent 'says IMUCTR' '! says IMTTBCR'
run regs mm IMTTBCR
check 'regs tells offset, fields, source' all 'exits 0' 'says "offset 0x8"' 'says TSZ0' \
    'says "5:0"' 'says documented'
run regs ds1 'imuctr[32]=0x12000011'
check 'regs decodes a value' all 'exits 0' 'says "0xe7740600"' 'says "do not exist on ds1"'
run regs ipmmu-vmsa IMCTR
check 'regs tells of a model where a field is' all 'exits 0' 'says "only root"'

# --- run ---

keys="['type','schema','scenario','variant','soc','version','model_digest','driver_digest',\
'verdict','violations','obligations','notes','unmodelled','masters','policy','profile',\
'switches','steps','accesses','polls','choices']"
violation_keys="['rule','class','source','device','register','value','fields','issued_step',\
'effect_step','task','file','line','count','message','probes','depends_on','holds_under']"

run run ipmmu-resume --soc rcar-h3 --variant v9 --json
check 'run v9 exits 1 and prints one object' all 'exits 1' silent 'lines 1'
check 'its keys come in the order of design.md' json "list(o[0]) == $keys"
check 'a violation has the keys of design.md' json \
    "all(list(v) == $violation_keys for v in o[0]['violations'])"
check 'it names rule, unit, register, line' json "
    [v for v in o[0]['violations'] if v['rule'] == 'ipmmu-root-before-utlb' and
     v['device'] == 'ds1' and v['register'].startswith('IMUCTR[') and v['fields']['MMUEN'] == 1 and
     v['class'] == ['O13'] and v['file'].startswith('drivers/ipmmu/') and v['line'] > 0 and
     0 < v['issued_step'] <= v['effect_step'] and v['task'] == 'cpu0' and v['count'] == 17]"
check 'hardware numbers are hex strings' json "
    all(p['iova'].startswith('0x') and p['expected'] in ('translated', 'no-translation')
        for v in o[0]['violations'] for p in v['probes'])"
check 'the verdict holds under every value of P02 and P03' json "
    all('P02' not in v['depends_on'] and 'P03' not in v['depends_on'] and
        {'P02=bypass', 'P02=fault', 'P02=stall', 'P03=stall'} <= set(v['holds_under'])
        for v in o[0]['violations'] if v['rule'] == 'ipmmu-root-before-utlb')"
cp "$out" "$dir/first"
run run ipmmu-resume --soc rcar-h3 --variant v9 --json
check 'the same run again is the same bytes' cmp -s "$out" "$dir/first"
run run --scenario scenarios/ipmmu-resume.yaml --soc models/soc/rcar-h3.yaml --variant v9 --json
check 'the same from files is the same bytes' cmp -s "$out" "$dir/first"

for variant in v10 two-pass two-pass-sync recommended; do
    run run ipmmu-resume --variant $variant --json
    check "run $variant exits 0 with obligations of the platform" all 'exits 0' silent 'json "
        o[0][\"verdict\"] == \"clean\" and not o[0][\"violations\"] and o[0][\"obligations\"] and
        all(b[\"cause\"] == \"power-up\" and b[\"opened_by\"] == \"power on\" and
            b[\"closed_by\"] and not b[\"open\"] for b in o[0][\"obligations\"])"'
done
run run ipmmu-resume --json
check 'the first variant and machine of the scenario are the default' json \
    "o[0]['variant'] == 'recommended' and o[0]['soc'] == 'rcar-h3'"
run run ipmmu-resume --masters live --json
check 'live masters leave exactly one rule' all 'exits 1' 'json "
    {v[\"rule\"] for v in o[0][\"violations\"]} == {\"ipmmu-power-up-bypass\"}"'
run run ipmmu-resume --variant v9 --switch P02=fault --switch P15=no-context-tag --json
check 'switches that are set are told' json \
    "o[0]['switches']['P02'] == 'fault' and o[0]['switches']['P15'] == 'no-context-tag'"
run run ipmmu-resume --seed 7 --json
check '--seed makes choices' json "o[0]['choices'] and all(
    list(c) == ['kind', 'label', 'instance', 'nth', 'n', 'value', 'means'] and
    0 < c['value'] < c['n'] for c in o[0]['choices'])"
cp "$out" "$dir/first"
run run ipmmu-resume --seed 7 --json
check 'the same seed makes the same choices' cmp -s "$out" "$dir/first"
run run ipmmu-resume --seed 8 --json
check 'another seed makes others' all '! cmp -s "$out" "$dir/first"'
run run ipmmu-resume --policy random --vary order --json
check '--policy random varies latency' all 'exits 0' 'json "
    o[0][\"policy\"] == \"random\" and
    {c[\"kind\"] for c in o[0][\"choices\"]} == {\"order\", \"latency\"}"'
run run ipmmu-resume --policy lazy --profile hostile --check-incremental --json
check 'policy and profile are told' json "o[0]['policy'] == 'lazy' and o[0]['profile'] == 'hostile'"
run run ipmmu-resume --variant two-pass --policy lazy --strict-protocol --json
check '--strict-protocol makes notes violations' all 'exits 1' \
    'json "not o[0][\"notes\"] and o[0][\"violations\"]"'

run run ipmmu-resume --variant v9
check 'text: verdict first' [ "$(head -c 13 "$out")" = 'v9: violation' ]
check 'text: the driver line and what stands there' all 'says "drivers/ipmmu/backup.c:"' \
    'says "ipmmu_utlb_write(own->mmu, master->ids[i], IMUCTR"'
check 'text: ports of one master are one range' says 'dmac1 (ds1 ports 0-15), sdhi0 (ds1 port 32)'
check 'text: switches in one line' says 'holds under every value of P02, P03'
check 'text: stays within a terminal' [ "$(awk 'length > 100' "$out" | wc -l)" -eq 0 ]

run explore smmu-nesting --vary order
check 'text: one order is no number of orders' says 'no violation in all runs in the one order there is'
run list socs
check 'text: one device is one' says 'QEMU virt with its stage 1 SMMUv3: 1 device, 2 masters'

# --- trace ---

run run ipmmu-resume --json --trace "$dir/trace"
steps=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["steps"])' "$out")
check 'trace: one line of text per step' [ "$(wc -l <"$dir/trace")" -eq "$steps" ]
run run ipmmu-resume --trace "$dir/trace.json"
cp "$dir/trace.json" "$out"
check 'trace: one JSON object per step' json \
    "len(o) == $steps and [s['step'] for s in o] == list(range(1, $steps + 1))"
run run ipmmu-resume --trace "$dir/trace.bin"
check 'trace: a header and records of one size' \
    [ "$(wc -c <"$dir/trace.bin")" -eq $((32 + 192 * steps)) ]
run run ipmmu-resume --trace -
check 'trace: - is standard output, the report after it' all \
    '[ "$(wc -l <"$out")" -gt "$steps" ]' \
    'sed -n "$((steps + 1))p" "$out" | grep -q "^recommended: clean"'
run run ipmmu-resume --json --trace -
check 'trace: - with --json is one JSON object per line' json \
    "len(o) == $steps + 1 and all(s['type'] == 'step' for s in o[:-1]) and o[-1]['type'] == 'run'"
run run ipmmu-resume --trace /dev/null
check 'trace: a device is written in place' all 'exits 0' '[ -c /dev/null ]'
refuses 'trace: a folder that is not there is refused' 'cannot be written' run ipmmu-resume \
    --trace "$dir/none/trace"
echo mine >"$dir/trace"
run run nothing --trace "$dir/trace"
check 'trace: bad input overwrites nothing' untouched "$dir/trace" mine
check 'trace: no temporary file stays' all '! ls "$dir" | grep -q "^trace.*\.[A-Za-z0-9]\{6\}$"'
if [ -c /dev/full ]; then
    "$regnap" list >/dev/full 2>"$err"
    status=$?
    check 'an answer that could not be written is an error' exits 2
fi

# --- explore ---

summary_keys="['type','schema','scenario','variant','soc','version','model_digest',\
'driver_digest','verdict','bounds','executions','distinct_states','orders_covered','exhausted',\
'violations','notes','collision_bound','distinct_runs','accesses_median','unmodelled']"

cd "$dir" || exit 2
run explore ipmmu-resume --variant v9 --vary none --json
check 'explore v9: violations, then one summary' all 'exits 1' silent 'json "
    len(o) > 1 and all(x[\"type\"] == \"violation\" for x in o[:-1]) and
    o[-1][\"type\"] == \"summary\" and o[-1][\"verdict\"] == \"violation\" and
    len(o[-1][\"violations\"]) == len(o) - 1"'
check 'a violation object is a run object with one violation' json "
    all(list(x) == $keys + ['counterexample', 'choices_before', 'needs_different_orders'] and
        len(x['violations']) == 1 for x in o[:-1])"
check 'the summary has the keys of design.md' json "list(o[-1]) == $summary_keys"
check 'orders_covered is a string' json "o[-1]['orders_covered'] == '1'"
check 'each distinct violation has its file' json "
    all(list(v) == ['rule', 'device', 'register', 'file', 'line', 'count', 'counterexample'] and
        v['counterexample'].startswith('regnap-out/' + v['rule'] + '-' + v['device'] + '-') and
        len(open(v['counterexample']).read()) > 0 for v in o[-1]['violations'])"
cp "$out" "$dir/first"
ls -i regnap-out >"$dir/before"
run explore ipmmu-resume --variant v9 --vary none --json
check 'again: the same bytes on stdout' cmp -s "$out" "$dir/first"
ls -i regnap-out >"$dir/after"
check 'again: the same files, left alone' cmp -s "$dir/before" "$dir/after"
file=$(ls -d regnap-out/ipmmu-root-before-utlb-ds1-*.json)
cp "$file" "$dir/good.json"
echo mine >"$file"
run explore ipmmu-resume --variant v9 --vary none --json
check 'a file with other bytes is not overwritten' untouched "$file" mine
check 'the counterexample goes beside it' cmp -s "${file%.json}-2.json" "$dir/good.json"
check 'and is named so' says "${file%.json}-2.json"
check 'no temporary file stays' [ "$(find regnap-out ! -name '*.json' -type f | wc -l)" -eq 0 ]
echo mine >"$dir/plain"
run explore ipmmu-resume --variant v9 --vary none --out "$dir/plain"
check 'a file is no folder for counterexamples' all 'exits 2' 'untouched "$dir/plain" mine'
run explore ipmmu-resume --variant v9 --vary none --out "$dir/a/b"
check 'folders are made' all 'exits 1' '[ -d "$dir/a/b" ]'

run explore ipmmu-resume --vary reset --require-proof --out "$dir/none" --json
check 'explore: proved, exit 0' all 'exits 0' silent 'lines 1' 'json "
    o[0][\"verdict\"] == \"proved\" and o[0][\"exhausted\"] is True and
    o[0][\"bounds\"][\"budget\"] is None and o[0][\"bounds\"][\"vary\"] == [\"reset\"]"'
check 'a clean search makes no folder' [ ! -e "$dir/none" ]
run explore ipmmu-resume --vary order --budget 20 --require-proof --json
check 'explore: budget spent, exit 4' all 'exits 4' 'lines 1' 'json "
    o[0][\"verdict\"] == \"none-found\" and o[0][\"exhausted\"] is False and
    o[0][\"bounds\"][\"budget\"] == 20"'
check 'exit 4 says why' grep -q 'require-proof: not met' "$err"
run explore ipmmu-resume --vary order --budget 20
check 'explore: budget spent, no proof asked for, exit 0' all 'exits 0' 'says "none found"'
run explore ipmmu-resume --variant v9 --vary order --budget 20 --require-proof
check 'a violation comes before a missing proof' exits 1
run explore ipmmu-resume --variant v9 --strategy random --seed 3 --budget 20 --json
check 'a random search tells its seed and distinct runs' all 'exits 1' 'json "
    o[-1][\"bounds\"][\"seed\"] == 3 and 0 < o[-1][\"distinct_runs\"] <= 20 and
    o[-1][\"executions\"] == 20"'
cp "$out" "$dir/first"
run explore ipmmu-resume --variant v9 --strategy random --seed 3 --budget 20 --json --out regnap-out
check 'a random search is the same each time' cmp -s "$out" "$dir/first"
run explore ipmmu-resume --vary reset
check 'text: what was proved' says 'recommended: proved, no violation in all runs'

# --- replay ---

good=$dir/good.json
run replay "$good"
check 'replay: the verdict again, exit 1' all 'exits 1' silent 'says "the recorded violation again"' \
    'says ipmmu-root-before-utlb'
check 'replay: the story and the last steps' all 'says "the story"' 'says "write      ds1.IMUCTR["'
run replay "$good" --json --check-incremental
check 'replay: as JSON' all 'exits 1' 'lines 1' 'json "
    o[0][\"type\"] == \"run\" and o[0][\"replay_result\"] == \"same\" and
    o[0][\"same_digests\"] is True and o[0][\"choices_unplaced\"] == []"'
run replay "$good" --trace "$dir/replay.json"
check 'replay: writes a trace' [ -s "$dir/replay.json" ]
cp "$root/scenarios/ipmmu-resume.yaml" "$dir/scenario.yaml"
run replay "$good" --scenario "$dir/scenario.yaml" --json
check 'replay: the same scenario in another file is no change' all 'exits 1' \
    'json "o[0][\"same_digests\"] is True"'
echo '# edited' >>"$dir/scenario.yaml"
run replay "$good" --scenario "$dir/scenario.yaml"
check 'replay: an edited scenario is told' all 'exits 1' 'says "text of the scenario"'
run replay "$good" --variant two-pass
check 'replay: after the fix nothing fires, exit 0' all 'exits 0' 'says "is gone"'

# digest NAME FILE NEW-FILE: another one, as if what it stands for had changed
digest()
{
    python3 - "$@" <<'PYTHON'
import json, sys
c = json.load(open(sys.argv[2]))
c[sys.argv[1]] = "0123456789abcdef" * 2
json.dump(c, open(sys.argv[3], "w"))
PYTHON
}
digest run_digest "$good" "$dir/digest.json"
run replay "$dir/digest.json"
check 'replay: same digests and another run is our fault, exit 3' all 'exits 3' \
    'grep -q "our own fault" "$err"'
edit "$good" '"rule": "ipmmu-root-before-utlb"' '"rule": "dma-isolation"' "$dir/rule.json"
run replay "$dir/rule.json"
check 'replay: same digests and another verdict is our fault, exit 3' exits 3
digest driver_digest "$dir/rule.json" "$dir/other.json"
run replay "$dir/other.json"
check 'replay: another rule in changed code is named, exit 1' all 'exits 1' \
    'says "another violation instead of dma-isolation"'
digest driver_digest "$dir/digest.json" "$dir/changed.json"
run replay "$dir/changed.json"
check 'replay: changed code, same verdict, exit 1' all 'exits 1' 'says "driver logic"'
run explore ipmmu-resume --variant two-pass --vary latency,retain --budget 2000 --out "$dir/late"
check 'explore: a late flush and a kept entry' all 'exits 1' 'says "work finishes late"' \
    'says "kept, with one foreign entry"' 'says "depends on P"'
late=$(ls -d "$dir"/late/ipmmu-flush-before-utlb-ds1-*.json)
run replay "$late"
check 'replay: with choices' all 'exits 1' silent
digest driver_digest "$late" "$dir/late.json"
edit "$dir/late.json" 'work finishes late' 'work finishes soon' "$dir/moved.json"
run replay "$dir/moved.json"
check 'replay: tells choices without a place' all 'exits 0' \
    'says "recorded choices without a place"' 'says "work finishes soon"'
run explore gicv3-resume --variant linux --vary irq --budget 40 --out "$dir/irq"
irq=$(ls -d "$dir"/irq/interrupt-conserved-gicd-*.json)
run replay "$irq" --json
check 'replay: an interrupt is the one that was recorded' all 'exits 1' \
    'json "o[0][\"choices_changed\"] == []"'
edit "$irq" '"means": "interrupt 33"' '"means": "interrupt 32"' "$dir/other-irq.json"
run replay "$dir/other-irq.json"
check 'replay: tells choices whose number is another interrupt now' all \
    'says "recorded choices that mean something else"' 'says "interrupt 32"'
run replay "$dir/other-irq.json" --json
check 'replay: and in JSON' all 'json "
    o[0][\"choices_changed\"][0][\"means\"] == \"interrupt 32\""'

head -c 300 "$good" >"$dir/cut.json"
refuses 'replay: a file cut short is refused with its line' "$dir/cut.json:" replay "$dir/cut.json"
edit "$good" '"schema": "regnap-1"' '"schema": "regnap-9"' "$dir/bad.json"
refuses 'replay: another schema is refused' 'expected one of: regnap-1' replay "$dir/bad.json"
edit "$good" '"masters": "held"' '"masters": "away"' "$dir/bad.json"
refuses 'replay: an unknown name is refused' 'expected one of: held, live' replay "$dir/bad.json"
edit "$good" '"faults": 0' '"faults": -1' "$dir/bad.json"
refuses 'replay: a number out of range is refused' 'found -1' replay "$dir/bad.json"
edit "$good" '"faults": 0' '"faults": 0, "colour": "red"' "$dir/bad.json"
refuses 'replay: an unknown key is refused' 'colour' replay "$dir/bad.json"
for name in scenario variant soc; do
    python3 - "$good" $name "$dir/bad.json" <<'PYTHON'
import json, sys
c = json.load(open(sys.argv[1]))
c[sys.argv[2]] = "nothing"
json.dump(c, open(sys.argv[3], "w"))
PYTHON
    refuses "replay: an unknown $name is refused" "'nothing'" replay "$dir/bad.json"
done
python3 - "$good" "$dir/bad.json" <<'PYTHON'
import json, sys
c = json.load(open(sys.argv[1]))
c["switches"]["P99"] = "x"
json.dump(c, open(sys.argv[2], "w"))
PYTHON
refuses 'replay: an unknown switch is refused' "'P99'" replay "$dir/bad.json"

run run ipmmu-resume --variant v9 --out "$dir/run"
check 'run --out writes a counterexample' all 'exits 1' '[ "$(ls "$dir/run" | wc -l)" -eq 1 ]'
run replay "$dir"/run/*.json
check 'and it replays' exits 1
run run ipmmu-resume --seed 5 --variant two-pass --json --out "$dir/seed"
if [ "$status" -eq 1 ]; then
    run replay "$dir"/seed/*.json
    check 'a random run replays' exits 1
fi


# --- driver objects (tests/tools/toy.c) ---

cat >"$dir/toy.yaml" <<'YAML'
scenario: toy-sleep
title: A machine that sleeps without guests
driver: toy
vary: [order]
domains: []
operations: [probe, suspend, power-cycle, resume]
YAML
asks()
{
    command=$1
    shift
    run "$command" --scenario "$dir/toy.yaml" --soc rcar-h3 --driver "$toy" "$@"
}
blamed=$(grep -n 'the line to blame' "$root/tests/tools/toy.c" | cut -d: -f1)

asks run --json
check 'a driver object runs' all 'exits 0' silent 'json "
    o[0][\"verdict\"] == \"clean\" and o[0][\"variant\"] == \"toy\" and o[0][\"soc\"] == \"rcar-h3\""'
cp "$out" "$dir/first"
asks run --json
check 'a driver object run again is the same bytes' cmp -s "$out" "$dir/first"
asks explore --require-proof
check 'a driver object is explored in every order' all 'exits 0' \
    'says "proved, no violation in all 20922789888000 orders"'
asks run --set driver.mode=poke --json --out "$dir/toy"
check 'a violation of an object has its line and who called' all 'exits 1' silent "json \"
    len(o[0]['violations']) == 1 and
    [v for v in o[0]['violations'] if v['rule'] == 'register-protocol' and
     v['file'].endswith('tests/tools/toy.c') and v['line'] == $blamed and
     v['via'] == 'in poke, called by go_wrong, called by restore']\""
check 'via comes behind the line' json "
    list(o[0]['violations'][0])[list(o[0]['violations'][0]).index('line') + 1] == 'via'"
asks run --set driver.mode=poke
check 'for people too' all 'exits 1' 'says "toy.c:$blamed"' \
    'says "in poke, called by go_wrong, called by restore"'
asks run --set driver.mode=panic --json
check 'a panic of an object is a violation' all 'exits 1' 'json "
    [v[\"rule\"] for v in o[0][\"violations\"]] == [\"driver-panic\"]"'
crashed=$(grep -n 'the line that crashes' "$root/tests/tools/toy.c" | cut -d: -f1)
asks run --set driver.mode=crash --json
check 'a crash of an object is a violation with its line' all 'exits 1' silent "json \"
    [(v['rule'], v['line']) for v in o[0]['violations']] == [('driver-panic', $crashed)] and
    o[0]['violations'][0]['file'].endswith('tests/tools/toy.c') and
    'SIGSEGV' in o[0]['violations'][0]['message']\""
cp "$out" "$dir/first"
asks run --set driver.mode=crash --json
check 'a crash again is the same bytes' cmp -s "$out" "$dir/first"
asks run --set driver.mode=crash
check 'a crash for people too' all 'says "resume did not come back"' 'exits 1' 'says "toy.c:$crashed"' silent
asks explore --set driver.mode=crash
check 'a search meets the crash' all 'exits 1' 'says "toy.c:$crashed"'
for mode in free wait; do
    ended=$(grep -n "the line that ${mode}s" "$root/tests/tools/toy.c" | cut -d: -f1)
    asks run --set driver.mode=$mode
    check "an object that does '$mode' is ended on its line" all 'exits 1' 'says driver-panic' \
        'says "toy.c:$ended"' 'says "in go_wrong, called by restore"' silent
done
for mode in nowhere helper strlen; do
    called=$(grep -n "the line that calls $mode" "$root/tests/tools/toy.c" | cut -d: -f1)
    asks run --set driver.mode=$mode
    check "an object that crashes by '$mode' is ended on its line" all 'exits 1' \
        'says driver-panic' 'says "toy.c:$called"' 'says "go_wrong, called by restore"' silent
done
for mode in trap recurse; do
    asks run --set driver.mode=$mode --json
    check "an object that does '$mode' is ended by a verdict" all 'exits 1' silent 'json "
        [v[\"rule\"] for v in o[0][\"violations\"]] == [\"driver-panic\"]"'
done
# Where the system forbids it, addresses differ.
if setarch -R true 2>/dev/null; then
    asks run --set driver.mode=address --json
    cp "$out" "$dir/first"
    asks run --set driver.mode=address --json
    check 'addresses of an object are the same in every run' all 'exits 0' \
        'cmp -s "$out" "$dir/first"'
fi
asks run --set driver.mood=peace
check 'a parameter that nobody asks for is told' all 'exits 0' \
    'grep -q "the driver never asked for parameter driver.mood" "$err"' \
    '[ "$(wc -l <"$err")" -eq 1 ]'
asks run --set driver.mode=peace
check 'a parameter that somebody asks for is not' all 'exits 0' silent
edit "$dir/toy.yaml" 'driver: toy' 'driver: toy
parameters: {driver: {mode: poke}}' "$dir/parameter.yaml"
run run --scenario "$dir/parameter.yaml" --soc rcar-h3 --driver "$toy"
check 'a parameter of the scenario reaches the driver' all 'exits 1' 'says "toy.c:$blamed"'
firmware()
{
    edit "$dir/toy.yaml" 'suspend, power-cycle, resume]' "suspend, {power-off: [a3vp]},
  {write: {device: $1, register: $2, value: $3}}, power-on, resume]" "$dir/write.yaml"
}
firmware vp0 IMSCTLR 0
refuses 'a write of firmware to what is off is refused' 'device vp0 is off here' run \
    --scenario "$dir/write.yaml" --soc rcar-h3 --driver "$toy"
firmware vp99 IMSCTLR 0
refuses 'a write of firmware to what is not there is refused' "device 'vp99' is not on" run \
    --scenario "$dir/write.yaml" --soc rcar-h3 --driver "$toy"
firmware mm IMNONE 0
refuses 'a write of firmware to no register is refused' "has no register 'IMNONE'" run \
    --scenario "$dir/write.yaml" --soc rcar-h3 --driver "$toy"
firmware mm IMSCTLR 0
run run --scenario "$dir/write.yaml" --soc rcar-h3 --driver "$toy"
check 'a write of firmware to what is on is taken' all 'exits 0' silent
asks explore --set driver.mode=enomem --vary fail --faults 1 --require-proof
check 'failures that are passed on are proved harmless' all 'exits 0' 'says proved'
refuses 'failures without faults are refused' 'expected --faults 1 or more' explore \
    ipmmu-resume --vary fail
asks explore --set driver.mode=fail --vary fail --faults 1 --json --out "$dir/fail"
check 'a failure is a choice of kind fail' all 'exits 1' 'json "
    [c for c in o[0][\"choices\"] if c[\"kind\"] == \"fail\" and c[\"label\"] == \"toy\" and
     c[\"means\"] == \"fails\"]"'
run replay "$dir"/fail/*.json --scenario "$dir/toy.yaml" --driver "$toy"
check 'and it replays' exits 1

poked=$(ls "$dir"/toy/*.json)
run replay "$poked" --scenario "$dir/toy.yaml" --driver "$toy"
check 'a run of an object replays with its parameters' all 'exits 1' silent
edit "$poked" '"mode": "poke"' '"mode": "peace"' "$dir/peace.json"
run replay "$dir/peace.json" --scenario "$dir/toy.yaml" --driver "$toy"
check 'other parameters replay to something else' all '! exits 1'
refuses 'replay: an object that is not named is asked for' 'expected --driver FILE.so' replay \
    "$poked" --scenario "$dir/toy.yaml"

refuses '--driver and --variant exclude each other' 'expected one of them' run ipmmu-resume \
    --driver "$toy" --variant v9
refuses 'a scenario without variants needs --driver' 'expected --driver FILE.so' run \
    --scenario "$dir/toy.yaml" --soc rcar-h3
refuses 'a scenario without machines needs --soc' 'names no machine, expected --soc' run \
    --scenario "$dir/toy.yaml" --driver "$toy"
refuses '--driver needs a name' 'found nothing, expected a file name' run ipmmu-resume --driver ''
refuses '--driver: a file that is not there is refused' 'No such file' run ipmmu-resume \
    --driver "$dir/none.so"
refuses '--driver: a directory is refused' 'found a directory, expected a file' run \
    ipmmu-resume --driver "$dir"
for kind in empty binary syntax huge; do
    refuses "--driver: a file that is $kind is refused" "/$kind: found" run ipmmu-resume \
        --driver "$dir/in/$kind" --trace "$dir/trace2"
done
head -c 9000 "$toy" >"$dir/cut.so"
refuses '--driver: an object cut short is refused' 'cut.so: found 9000 bytes, expected' run \
    ipmmu-resume --driver "$dir/cut.so"
refuses '--set: an unprintable parameter is refused' 'expected printable text' run ipmmu-resume \
    --set "driver.mode=$(printf 'a\tb')"
check 'a bad driver leaves no trace behind' [ ! -e "$dir/trace2" ]

echo "1..$n"
