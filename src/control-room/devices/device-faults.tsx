/** The alarms and orders of one device, newest first. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { isOver } from '../alarms/alarm-row.tsx'
import { ordersOf, pastAlarms } from '../api/queries.ts'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { isEnded } from '../orders/columns.ts'
import { useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './devices.module.css'

const SHOWN = 10

export function DeviceFaults({ device }: { device: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const names = useNames()
  const may = useMay()
  const alarms = useQuery({ ...pastAlarms({ device }), enabled: may('alarms:read') }).data?.items
  const orders = useQuery({ ...ordersOf(device), enabled: may('orders:read') }).data?.items
  return (
    <>
      {alarms ? (
        <section>
          <h3>{t('alarms.title')}</h3>
          {alarms.length === 0 ? <p className="quiet">{t('device.noAlarms')}</p> : null}
          <ul className={styles.list}>
            {alarms.slice(0, SHOWN).map((alarm) => (
              <li key={alarm.id}>
                <SeverityMark
                  severity={alarm.severity}
                  seen={alarm.acknowledged !== undefined}
                  over={isOver(alarm)}
                  bare
                />
                <Link to={`/?alarm=${alarm.id}`}>{names.rule(alarm.rule)}</Link>
                <span className="quiet">{format.dayTime(alarm.raisedAt)}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {orders ? (
        <section>
          <h3>{t('place.orders')}</h3>
          {orders.length === 0 ? <p className="quiet">{t('device.noOrders')}</p> : null}
          <ul className={styles.list}>
            {orders.slice(0, SHOWN).map((order) => (
              <li key={order.id}>
                <SeverityMark severity={order.severity} over={isEnded(order)} bare />
                <Link to={`/orders/${order.id}`}>
                  {t('order.named', { number: order.number, title: names.order(order) })}
                </Link>
                <span className="quiet">{ORDER_STATE_WORDS[order.state][language]}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}
