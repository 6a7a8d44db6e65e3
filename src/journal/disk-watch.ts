/**
 * The disk that a journal lies on, looked at now and then: what is told of it, and whether there is room to
 * acknowledge anything.
 */
import type { Log } from '../model/log.ts'
import type { JournalOptions } from './options.ts'

export type DiskWatch = {
  /** Share, 0 to 1. */
  readonly used: number
  readonly isFull: boolean
  /** So full that a person should make room; still everything is taken. */
  readonly isFilling: boolean
  /** `isFailed`: nothing is taken in any case, so it is not told whether there would be room for it. */
  look(isFailed: boolean): Promise<void>
  /** A write found no room, whatever was seen last; stands until the next look. */
  foundFull(): void
}

export function diskWatch(
  usedShare: () => Promise<number>,
  { warnAtDiskUsed, refuseAtDiskUsed }: JournalOptions,
  log: Log,
): DiskWatch {
  let used = 0
  let isLooking = false
  const isFull = () => used >= refuseAtDiskUsed
  const isFilling = () => used >= Math.min(warnAtDiskUsed, refuseAtDiskUsed)
  return {
    get used() {
      return used
    },
    get isFull() {
      return isFull()
    },
    get isFilling() {
      return isFilling()
    },
    async look(isFailed) {
      if (isLooking) return // a disk that does not answer would have one more question each second
      isLooking = true
      const [wasFull, wasFilling] = [isFull(), isFilling()]
      used = await usedShare().catch(() => used)
      isLooking = false
      const diskUsed = used
      if (!isFailed && isFull() && !wasFull)
        log.error({ diskUsed }, 'The disk is nearly full; nothing more is acknowledged')
      if (!isFailed && wasFull && !isFull())
        log.info({ diskUsed }, 'There is room on the disk again; readings are acknowledged')
      if (isFilling() && !wasFilling) log.warn({ diskUsed }, 'The disk fills up; make room')
    },
    foundFull() {
      used = 1
    },
  }
}
