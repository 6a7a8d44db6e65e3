/** What is being done about an alarm: its order and the state of it, or the button that makes one. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { order as orderQuery } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { useMay } from '../session/use-session.ts'
import { useOpenOrder } from './use-open-order.ts'

export function OrderLine({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const may = useMay()
  const openOrder = useOpenOrder()
  const { data } = useQuery({
    ...orderQuery(alarm.order ?? ''),
    enabled: alarm.order !== null && may('orders:read'),
  })
  if (alarm.order !== null) {
    return (
      <Link to={`/orders/${alarm.order}`}>
        {data
          ? t('order.short', { number: data.number, state: ORDER_STATE_WORDS[data.state][language] })
          : t('alarms.toOrder')}
      </Link>
    )
  }
  if (!may('orders:create')) return null
  return (
    <Button variant="default" loading={openOrder.isPending} onClick={() => openOrder.mutate(alarm.id)}>
      {t('alarms.makeOrder')}
    </Button>
  )
}
