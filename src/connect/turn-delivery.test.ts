import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { type Log, SILENT_LOG } from '../model/log.ts'
import type { Publish } from './connector.ts'
import { turnDelivery } from './turn-delivery.ts'

const message = (topic: string): Publish => ({
  is: 'publish',
  source: 'broker',
  topic,
  payload: new Uint8Array(),
  retained: false,
})
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

function stage(deliver: () => Promise<void>, withinMs = 60_000) {
  const clock = handClock(0)
  const logged: object[] = []
  const answers: string[] = []
  const counted: [number, boolean][] = []
  const log: Log = { ...SILENT_LOG, warn: (figures: object) => logged.push(figures) }
  const delivery = turnDelivery({
    deliver,
    withinMs,
    clock,
    log,
    source: 'broker',
    answered: (messages, isDurable) => counted.push([messages, isDurable]),
  })
  const add = (topic: string) =>
    delivery.add(message(topic), (error) => answers.push(`${topic} ${error?.message}`))
  return { clock, delivery, add, logged, answers, counted }
}

it('answers all that came in a turn when their one batch is durable', async () => {
  const { add, answers, counted, delivery } = stage(async () => {})
  add('a')
  add('b')
  await delivery.settled(60_000)
  expect(answers).toEqual(['a undefined', 'b undefined'])
  expect(counted).toEqual([[2, true]])
})

it('answers no message twice that becomes durable after its time', async () => {
  const late = Promise.withResolvers<void>()
  const { add, answers, delivery } = stage(() => late.promise, 1)
  add('a')
  await delivery.settled(60_000)
  late.resolve()
  await turn()
  expect(answers).toEqual(['a not durable in time'])
})

it('a stop waits no longer than it was given, whatever a publish may take', async () => {
  const late = Promise.withResolvers<void>()
  const { add, answers, counted, delivery } = stage(() => late.promise, 300_000)
  add('a')
  await delivery.settled(1)
  expect(answers).toEqual(['a not durable in time'])
  late.resolve()
  await turn()
  expect(counted).toEqual([[1, false]])
})

it('a disk that is full for an hour is a line in ten seconds, with how many were turned away', async () => {
  const { clock, add, logged, counted } = stage(() => Promise.reject(new Error('full')))
  for (let second = 0; second < 60; second++) {
    add('a')
    await turn()
    clock.pass(1_000)
  }
  expect(counted).toHaveLength(60)
  expect(logged).toHaveLength(6)
  expect(logged[1]).toMatchObject({ messages: 10 })
})

it('is full where nothing comes back, though nobody waits for it any more', async () => {
  const { add, delivery } = stage(() => new Promise(() => {}), 1)
  for (let n = 0; n < 4_096; n++) {
    add('a')
    await new Promise(setImmediate)
  }
  expect(delivery.isFull).toBe(true)
})
