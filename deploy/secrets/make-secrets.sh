#!/bin/sh
# Makes every password of docker-compose.yml once; run again it changes nothing. The files are readable
# to every user of the containers that mount the volume, because each of them runs as a user of its own.
set -eu
cd "${1:-/secrets}"
umask 022

random() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
keep() { [ -s "$1" ] || { cat >"$1.new" && mv "$1.new" "$1"; }; }

for name in influxdb-password influxdb-token grafana-password mosquitto-password; do
  random | keep "$name"
done
printf 'Token %s\n' "$(cat influxdb-token)" | keep influxdb-authorization

if [ ! -s mosquitto-passwords ]; then
  rm -f mosquitto-passwords.new
  touch mosquitto-passwords.new
  mosquitto_passwd -b mosquitto-passwords.new gateway "$(cat mosquitto-password)"
  mosquitto_passwd -b mosquitto-passwords.new bridge "$(cat mosquitto-password)"
  chmod 644 mosquitto-passwords.new
  mv mosquitto-passwords.new mosquitto-passwords
fi

# The sources of the demo campus, and the broker beside it.
keep gateway-sources.yaml <<YAML
- kind: opcua
  name: campus-opcua
  endpoint: opc.tcp://127.0.0.1:4840
- kind: mqtt
  name: mosquitto
  url: mqtt://mosquitto:1883
  topics: ['gatehouse/+/readings', 'wmbusmeters/#', 'owntracks/+/+']
  username: gateway
  password: '$(cat mosquitto-password)'
YAML
