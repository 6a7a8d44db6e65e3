import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { SILENT_LOG } from '../model/log.ts'
import { watchCredentials } from './credential-watch.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

it('within a minute, what signed in before its password was replaced is ended; a failed look is made good by the next', async () => {
  const clock = handClock(1_000_000)
  const issued: { name: string; at: number }[] = []
  const ended: [string, number][] = []
  let isAway = false
  {
    await using _watch = watchCredentials({
      async issuedSince(since) {
        if (isAway) throw new Error('locked')
        return issued.filter(({ at }) => at >= since)
      },
      disconnect: (name, before) => ended.push([name, before]),
      clock,
      log: SILENT_LOG,
    })
    clock.pass(30_000)
    issued.push({ name: 'meter-1', at: clock.now() })
    clock.pass(30_000)
    await turn()
    expect(ended).toContainEqual(['meter-1', 1_030_000])
    isAway = true
    issued.push({ name: 'meter-2', at: clock.now() })
    for (let minute = 0; minute < 5; minute++) {
      clock.pass(60_000)
      await turn()
    }
    isAway = false
    clock.pass(60_000)
    await turn()
    expect(ended).toContainEqual(['meter-2', 1_060_000])
    ended.length = 0
    for (let minute = 0; minute < 4; minute++) {
      clock.pass(60_000)
      await turn()
    }
    ended.length = 0
    clock.pass(60_000)
    await turn()
    expect(ended, 'what was done long ago is not looked at for ever').toEqual([])
  }
  issued.push({ name: 'meter-3', at: clock.now() })
  clock.pass(120_000)
  await turn()
  expect(ended).toEqual([])
})
