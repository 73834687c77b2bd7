#!/bin/bash
# Measures size, start time, memory and idle cost of a release build: `make measure`. Shows the window on an Xvfb display.
# tests/bench/gui_cost.rs reads the labels of the output.
set -eu
program=${1:?usage: measure.sh PROGRAM}
folder=$(mktemp -d)
window= screen=
clean_up() { kill $window $screen 2>/dev/null || true; rm -rf "$folder"; }
trap clean_up EXIT

for number in $(seq 90 120); do
  [ -e /tmp/.X11-unix/X$number ] || break
done
Xvfb :$number -screen 0 1280x800x24 -nolisten tcp -noreset >"$folder/xvfb.log" 2>&1 &
screen=$!

export DISPLAY=:$number
until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done

# The program and the recognizer, which is its child process.
processes() { echo "$window"; pgrep -P "$window"; }
resident_mb() {
  for process in $(processes); do cat /proc/$process/status; done |
    awk '/^VmRSS/ {sum += $2} END {print int(sum / 1024)}'
}
cpu_ticks() {
  for process in $(processes); do cat /proc/$process/stat; done | awk '{sum += $14 + $15} END {print sum}'
}

# The model loads after the window is visible. It is loaded when the memory does not change any more.
measure_memory() {
  local last=0 now
  while sleep 1; do
    now=$(resident_mb)
    [ "$now" = "$last" ] && break
    last=$now
  done
  echo "memory, idle      $now MB resident in both processes, model loaded"
}

measure_idle() {
  local before
  before=$(cpu_ticks)
  sleep 20
  awk -v ticks=$(($(cpu_ticks) - before)) -v hz="$(getconf CLK_TCK)" \
    'BEGIN {printf "idle              %.1f %% of a core, over 20 s\n", ticks * 5 / hz}'
}

echo "binary            $(($(stat -c %s "$program") / 1000)) kB"

# From the start of the process until its window is visible. The first start only fills the disk cache. The loop polls,
# because `xdotool search --sync` waits half a second between two searches.
times=()
for run in 1 2 3 4 5 6; do
  started=$(date +%s%N)
  "$program" --data "$folder/data" >/dev/null 2>&1 &
  window=$!
  until xdotool search --onlyvisible --name '^Starling$' >/dev/null 2>&1; do sleep 0.005; done
  times+=($((($(date +%s%N) - started) / 1000000)))
  if [ $run = 6 ]; then
    measure_memory
    measure_idle
  fi
  kill $window
  wait $window 2>/dev/null || true
  window=
done
echo "window visible    $(printf '%s\n' "${times[@]:1}" | sort -n | sed -n 3p) ms after the start, median of 5 (software GL)"
