/**
 * A small disk of its own for the data, in memory, that a test can fill up and free again. Needs the right to
 * mount.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plant } from './plant.ts'
import type { Fault } from './stage.ts'

export type SmallDisk = Disposable & {
  readonly folder: string
  /** Takes all the room that is left. */
  fill(): void
  free(): void
}

/** Undefined where this machine does not let us mount. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    return undefined
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const part = Buffer.alloc(65_536)
      try {
        for (;;) appendFileSync(ballast, part) // others write meanwhile, so nobody knows how much will fit
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
      }
    },
    free: () => truncateSync(ballast),
    [Symbol.dispose]() {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Nothing may be acknowledged while it is full, and all must go on by itself when it is not. */
export const fillDisk = (disk: SmallDisk): Fault => ({
  name: 'full disk',
  async strike({ plant, publishing }) {
    await publishing.fresh(10_000)
    disk.fill()
    await readyUntil(plant, false)
    const before = await publishing.state()
    await sleep(1_000)
    const { acknowledged } = await publishing.state()
    disk.free()
    await readyUntil(plant, true)
    if (acknowledged === before.acknowledged) return
    throw new Error(`${acknowledged - before.acknowledged} messages were acknowledged on a full disk`)
  },
})

const WITHIN_MS = 60_000

/** Waits until the gateway says that it is ready, or that it is not. */
async function readyUntil({ url }: Plant, wanted: boolean) {
  const until = performance.now() + WITHIN_MS
  while ((await fetch(`${url}/readyz`)).ok !== wanted) {
    if (performance.now() > until) throw new Error(`The gateway is not ${wanted ? '' : 'un'}ready in time`)
    await sleep(50)
  }
}
