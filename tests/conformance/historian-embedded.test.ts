import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/connect/system-clock.ts'
import { ParquetOptions, parquetHistorian } from '../../src/historian/parquet.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { describeHistorian } from './historian.ts'

describeHistorian('embedded history', async (repeatsBy) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-history-'))
  const options = ParquetOptions.parse({ threads: 1 })
  const historian = await parquetHistorian({
    folder,
    options,
    repeatsBy,
    clock: systemClock,
    log: SILENT_LOG,
  })
  return {
    historian,
    settle: () => historian.seal(),
    close: () => rm(folder, { recursive: true }),
  }
})
