/**
 * Whether the page stands on a telephone, now: it may be turned, and windows are made smaller. Known before
 * anything is drawn, so that nothing jumps.
 */
import { useMediaQuery } from '@mantine/hooks'

export const useMedia = (query: string): boolean =>
  useMediaQuery(query, undefined, { getInitialValueInEffect: false })

export const useNarrow = (): boolean => useMedia('(max-width: 40em)')
