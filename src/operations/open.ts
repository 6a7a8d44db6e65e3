/** Opens the operations database in the data directory: `<dir>/operations.sqlite`. Several processes may have it open. */
import type { Clock } from '../model/instant.ts'
import type { Operations } from './operations.ts'

export declare function openOperations(parts: {
  readonly dir: string
  readonly clock: Clock
}): Promise<Operations>
