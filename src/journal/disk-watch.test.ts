import { expect, it } from 'vitest'
import { SILENT_LOG } from '../model/log.ts'
import { diskWatch } from './disk-watch.ts'
import { JournalOptions } from './options.ts'

it('asks a disk that does not answer no second time before it has', async () => {
  const answers: PromiseWithResolvers<number>[] = []
  const asked = () => {
    const answer = Promise.withResolvers<number>()
    answers.push(answer)
    return answer.promise
  }
  const disk = diskWatch(asked, JournalOptions.parse({}), SILENT_LOG)
  const looks = [disk.look(false), disk.look(false), disk.look(false)]
  expect(answers).toHaveLength(1)
  answers[0]?.resolve(0.99)
  await Promise.all(looks)
  expect(disk).toMatchObject({ used: 0.99, isFull: true })
  void disk.look(false)
  expect(answers).toHaveLength(2)
})

it('does not say of a failed journal that there is room again and readings are acknowledged', async () => {
  const told: string[] = []
  const tell = (_: unknown, what?: string) => void told.push(what ?? '')
  const shares = [0.99, 0.5, 0.99, 0.5]
  const log = { ...SILENT_LOG, error: tell, info: tell, warn: tell }
  const disk = diskWatch(async () => shares.shift() ?? 0, JournalOptions.parse({ warnAtDiskUsed: 1 }), log)
  await disk.look(false)
  await disk.look(true)
  expect(told.filter((what) => /acknowledged/.test(what))).toEqual([
    'The disk is nearly full; nothing more is acknowledged',
  ])
})
