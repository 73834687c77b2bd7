#!/bin/bash
# What the README says of size, start and memory, measured again: `make figures`. Needs the release
# build and a screen that nobody sees (Xvfb, xdotool: `.ci/packages test` installs them).
set -eu
program=${1:?the program to measure}
folder=$(mktemp -d)
stop() { kill "${window:-}" "${screen:-}" 2>/dev/null || true; rm -rf "$folder"; }
trap stop EXIT

for number in $(seq 90 120); do
  [ -e /tmp/.X11-unix/X$number ] || break
done
Xvfb :$number -screen 0 1280x800x24 -nolisten tcp -noreset >"$folder/xvfb.log" 2>&1 &
screen=$!

export DISPLAY=:$number
until xdotool getdisplaygeometry >/dev/null 2>&1; do sleep 0.1; done

echo "binary            $(($(stat -c %s "$program") / 1000)) kB"

# Process start to a window that is on the screen; the first start warms the disk's cache. Asked
# again and again, since `xdotool search --sync` sleeps half a second between two looks.
times=()
for run in 1 2 3 4 5 6; do
  began=$(date +%s%N)
  "$program" --data "$folder/data" >/dev/null 2>&1 &
  window=$!
  until xdotool search --onlyvisible --name '^Starling$' >/dev/null 2>&1; do sleep 0.005; done
  times+=($((($(date +%s%N) - began) / 1000000)))
  if [ $run = 6 ]; then
    # The model loads after the window is up, in a process of its own; when the figure stands still
    # it is there.
    last=0
    everyone() { echo "$window"; pgrep -P "$window"; }
    while sleep 1; do
      now=$(for process in $(everyone); do cat /proc/$process/status; done | awk '/^VmRSS/ {sum += $2} END {print int(sum / 1024)}')
      [ "$now" = "$last" ] && break
      last=$now
    done
    echo "memory, idle      $now MB resident in both processes, model loaded"
    ticks() { for process in $(everyone); do cat /proc/$process/stat; done | awk '{sum += $14 + $15} END {print sum}'; }
    before=$(ticks); sleep 20
    awk -v ticks=$(( $(ticks) - before )) -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "idle              %.1f %% of a core, over 20 s\n", ticks * 5 / hz}'
  fi
  kill $window; wait $window 2>/dev/null || true
done
echo "window visible    $(printf '%s\n' "${times[@]:1}" | sort -n | sed -n 3p) ms after the start, median of 5 (software GL)"
