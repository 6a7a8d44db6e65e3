import { memoryHistorian } from '../../src/historian/memory.ts'
import { describeHistorian } from './historian.ts'

describeHistorian('history in memory', async (repeatsBy) => ({ historian: memoryHistorian({ repeatsBy }) }))
