#!/bin/sh
# Runs a command, and again when it was killed, however soon. One that ends by itself soon after its start would end
# again: that is passed on.
stop() { trap '' TERM INT; kill -TERM "$child" 2>/dev/null; wait "$child"; exit 143; }
while :; do
  trap stop TERM INT
  began=$(date +%s)
  "$@" &
  child=$!
  wait "$child"
  code=$?
  if [ "$code" -eq 0 ]; then exit 0; fi
  if [ "$code" -lt 128 ] && [ $(($(date +%s) - began)) -lt 10 ]; then exit "$code"; fi
  echo "It ended ($code) and is started again."
  trap '' TERM INT
  kill -TERM 0  # what it left behind, such as its scheduler
  sleep 1
done
