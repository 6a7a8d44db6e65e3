import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { inColumns } from '../model/reading-columns.ts'
import { hotRows } from './hot-rows.ts'
import { sealRows } from './seal-rows.ts'
import { sealingThread } from './sealing-thread.ts'

vi.setConfig({ testTimeout: 60_000 }) // each opens a thread of its own, on machines that do much else

const LONG_MS = 50_000

async function place() {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sealing-'))
  const rows = hotRows()
  for (let n = 0; n < 3; n++)
    rows.add(inColumns([{ device: 'meter-1', at: n, values: { volume: n } }]), {
      offset: n + 1,
      receivedAt: 10 + n,
    })
  return { folder, rows, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

it('says what it has written', async () => {
  await using at = await place()
  await using thread = sealingThread(at.folder)
  const written = await thread.seal(at.rows, '1.parquet', LONG_MS)
  expect(written).toEqual({
    readings: 3,
    earliest: 0,
    latest: 2,
    receivedAt: 12,
    checksum: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
  expect((await stat(join(at.folder, '1.parquet'))).size).toBeGreaterThan(100)
})

it('what cannot be written is refused, and the next is written', async () => {
  await using at = await place()
  await using thread = sealingThread(at.folder)
  await expect(thread.seal(at.rows, 'nowhere/1.parquet', LONG_MS)).rejects.toThrow(/ENOENT/)
  await expect(thread.seal(at.rows, '2.parquet', LONG_MS)).resolves.toMatchObject({ readings: 3 })
})

it('one that takes too long is given up with its thread, and another thread does the next', async () => {
  await using at = await place()
  await using thread = sealingThread(at.folder)
  const asked = [thread.seal(at.rows, '1.parquet', 0), thread.seal(at.rows, '2.parquet', LONG_MS)] as const
  await expect(asked[0]).rejects.toThrow(/did not answer within 0 ms/)
  await expect(asked[1]).resolves.toMatchObject({ readings: 3 })
  expect(await readdir(at.folder)).toContain('2.parquet')
})

it('what is under way when the gateway stops ends with it', async () => {
  await using at = await place()
  const thread = sealingThread(at.folder)
  const under = thread.seal(at.rows, '1.parquet', LONG_MS)
  const told = expect(under).rejects.toThrow(/sealing thread/)
  await thread[Symbol.asyncDispose]()
  await told
  await expect(thread.seal(at.rows, '2.parquet', LONG_MS)).rejects.toThrow(/stopped/)
})

it('makes no compressor once it is called off, for one that is being made when its thread ends takes the gateway with it', async () => {
  await using at = await place()
  const { chunks, devices, shapes } = at.rows
  const path = join(at.folder, '1.parquet')
  expect(() => sealRows({ chunks, devices, shapes }, path, Int32Array.of(1))).toThrow('called off')
  expect((await stat(path)).size).toBeLessThan(100)
})
