/**
 * The ceiling of `ingest-external`: an mqtt.js subscriber at QoS 1 that does nothing. Prints a line once it
 * has heard so many messages as asked.
 */
import mqtt from 'mqtt'

const [url = '', wanted = '0', rounds = '1'] = process.argv.slice(2)
const each = Number(wanted)
let heard = 0
let firstAtMs = 0
let left = Number(rounds)

const client = mqtt.connect(url, { clientId: 'ceiling', clean: false, protocolVersion: 5 })
client.handleMessage = (_packet, done) => {
  if (heard++ === 0) firstAtMs = performance.now()
  if (heard === each) {
    const seconds = (performance.now() - firstAtMs) / 1000
    process.stdout.write(`${JSON.stringify({ heard, seconds })}\n`)
    heard = 0
    if (--left === 0) client.end()
  }
  done()
}
client.on('connect', () => {
  client.subscribe('ceiling/#', { qos: 1 }, () => process.stdout.write('{"ready":true}\n'))
})
process.once('SIGTERM', () => process.exit(0))
