import { expect, it } from 'vitest'
import { MqttSourceOptions } from './mqtt-options.ts'

const wrong = (more: object) => {
  const given = { kind: 'mqtt', name: 'site', url: 'mqtts://broker:8883', topics: ['site/#'], ...more }
  return MqttSourceOptions.safeParse(given).error?.issues.map(({ path }) => path.join('.')) ?? []
}

it('takes a certificate with its key, or neither', () => {
  expect(wrong({ caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem' })).toEqual([])
  expect(wrong({ certFile: 'cert.pem' })).toEqual(['certFile'])
  expect(wrong({ keyFile: 'key.pem' })).toEqual(['certFile'])
})

it('takes no certificate where nothing would be encrypted', () => {
  expect(wrong({ url: 'mqtt://broker:1883' })).toEqual([])
  expect(wrong({ url: 'mqtt://broker:1883', caFile: 'ca.pem' })).toEqual(['url'])
})

it('waits no longer than a timer can: 2^31 ms and more would be at once', () => {
  expect(wrong({ reconnectLongestMs: 86_400_000 })).toEqual([])
  expect(wrong({ reconnectLongestMs: 2 ** 31 })).toEqual(['reconnectLongestMs'])
})
