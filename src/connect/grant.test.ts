import fc from 'fast-check'
import { expect, it } from 'vitest'
import { covers, coversAny } from './grant.ts'

it.each([
  ['gatehouse/meter-1/readings', 'gatehouse/meter-1/readings', true],
  ['gatehouse/meter-1/readings', 'gatehouse/meter-2/readings', false],
  ['gatehouse/meter-1/readings', 'gatehouse/meter-1/readings/more', false],
  ['gatehouse/meter-1/readings', 'gatehouse/meter-1', false],
  ['owntracks/+/+', 'owntracks/li/car', true],
  ['owntracks/+/+', 'owntracks/li', false],
  ['owntracks/+/+', 'owntracks/li/car/event', false],
  ['wmbusmeters/#', 'wmbusmeters/7', true],
  ['wmbusmeters/#', 'wmbusmeters', true],
  ['wmbusmeters/#', 'wmbusmeter/7', false],
  ['a/+', 'a/', true],
  ['#', '$SYS/broker', false],
  ['+/broker', '$SYS/broker', false],
  ['$SYS/#', '$SYS/broker', true],
])('the grant %s covers the topic %s: %s', (filter, topic, isCovered) => {
  expect(covers(filter, topic)).toBe(isCovered)
})

it.each([
  ['a/+/c', 'a/#', false],
  ['a/#', 'a/+/c', true],
  ['a/#', 'a/#', true],
  ['a/+', 'a/+', true],
  ['a/b', 'a/+', false],
  ['+/b', '#', false],
])('the grant %s covers the wider filter %s: %s', (filter, wanted, isCovered) => {
  expect(covers(filter, wanted)).toBe(isCovered)
})

it('covers where any of its filters does', () => {
  expect(coversAny(['a/b', 'c/#'], 'c/d')).toBe(true)
  expect(coversAny(['a/b', 'c/#'], 'd')).toBe(false)
  expect(coversAny([], 'd')).toBe(false)
})

/** MQTT 3.1.1 §4.7 as a regular expression, for filters and topics of letters. */
const asExpression = (filter: string) =>
  new RegExp(
    `^${filter.replaceAll('+', '[^/]*').replace(/(^|\/)#$/, (_, slash) => (slash ? '(/.*)?' : '.*'))}$`,
  )

const level = fc.constantFrom('a', 'b', 'c', '')
const topics = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'))
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'))

it('agrees with the matching of the protocol for every topic', () => {
  fc.assert(
    fc.property(filters, topics, (filter, topic) => {
      expect(covers(filter, topic)).toBe(asExpression(filter).test(topic))
    }),
    { numRuns: 1_000 },
  )
})

it('covers no filter that matches a topic which it does not', () => {
  fc.assert(
    fc.property(filters, filters, topics, (grant, wanted, topic) => {
      if (covers(grant, wanted) && covers(wanted, topic)) expect(covers(grant, topic)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
