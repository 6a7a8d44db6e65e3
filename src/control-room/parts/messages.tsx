/** Where messages appear: in a corner of a desk; on a telephone above, because the thumb presses what is below. */
import { Notifications } from '@mantine/notifications'
import { useNarrow } from './use-narrow.ts'

export const Messages = () => <Notifications position={useNarrow() ? 'top-center' : 'bottom-right'} />
