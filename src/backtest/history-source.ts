/** Where a back-test finds the history of a configuration. */
import { join } from 'node:path'
import type { InfluxOptions } from '../historian/influx.ts'
import type { HistorySource } from './setup.ts'

export type Kept = {
  readonly data: { readonly dir: string }
  readonly historian: { readonly kind: 'embedded' | 'influx'; readonly influx?: InfluxOptions | undefined }
}

export function historyOf({ data, historian }: Kept): HistorySource {
  const journalFile = join(data.dir, 'journal.sqlite')
  return historian.kind === 'influx' && historian.influx
    ? { kind: 'influx', options: historian.influx, journalFile }
    : { kind: 'embedded', folder: join(data.dir, 'history'), journalFile }
}
