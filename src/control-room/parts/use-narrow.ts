/** Whether the page stands on a telephone, now: it may be turned, and windows are made smaller. */
import { useMediaQuery } from '@mantine/hooks'

export const useNarrow = (): boolean =>
  useMediaQuery('(max-width: 40em)', undefined, { getInitialValueInEffect: false })
