/** Our lines against those of the server's own client, and read back as a server would answer. */
import { Point } from '@influxdata/influxdb-client'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Value } from '../model/reading.ts'
import { fieldName, lineOf } from './influx-lines.ts'

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', 'a "b" \\ c', 'two\nlines', '小区,东 门='),
)
const values = fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), value, { minKeys: 1, maxKeys: 5 })
const place = fc.record(
  { institution: fc.string(), building: fc.string(), zone: fc.string() },
  { requiredKeys: ['institution'] },
)

it('says of any reading what the client of the server says of it', () => {
  fc.assert(
    fc.property(values, place, fc.boolean(), (values, place, isDoubtful) => {
      const doubts = isDoubtful ? { volume: 'uncertain' as const } : undefined
      const reading = { device: 'm 1', at: 1_700_000_000_000, receivedAt: 1_700_000_000_250, values }
      const line = lineOf(
        { reading: doubts ? { ...reading, doubts } : reading, offset: 7, ord: 3 },
        'water-meter',
        'point',
        place,
      )
      const point = new Point('water-meter').tag('device', fieldName('m 1'))
      for (const [tag, name] of Object.entries(place)) if (name) point.tag(tag, fieldName(name))
      for (const [name, value] of Object.entries(values)) {
        if (typeof value === 'string') point.stringField(`${fieldName(name)}.text`, value)
        else if (typeof value === 'boolean') point.booleanField(`${fieldName(name)}.switch`, value)
        else point.floatField(fieldName(name), value)
      }
      if (doubts) point.stringField('volume.doubt', 'uncertain')
      point.floatField('received.at', reading.receivedAt).timestamp('1700000000000000000')
      expect(apart(line)).toEqual(apart(point.toLineProtocol() as string))
    }),
  )
})

it('has its fields in one order, whatever that of the reading', () => {
  const of = (values: Record<string, Value>) =>
    lineOf(
      { reading: { device: 'gate-1', at: 5, receivedAt: 6, values }, offset: 7, ord: 3 },
      'access-gate',
      'point',
    )
  expect(of({ state: 'open', count: 4, alarm: true })).toBe(of({ alarm: true, state: 'open', count: 4 }))
  expect(of({ state: 'open', count: 4, alarm: true })).toBe(
    'access-gate,device=gate-1 alarm.switch=T,count=4,received.at=6,state.text="open" 5000000',
  )
})

/** The same but for the order of the fields. */
function apart(line: string) {
  const [, series, fields = '', at] = /^(\S+) (.*) (\d+)$/s.exec(line) ?? []
  return { series, fields: fields.match(/[^,=]+=(?:"(?:[^"\\]|\\.)*"|[^,]*)/gs)?.sort(), at }
}
