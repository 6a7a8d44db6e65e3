/** All devices with what they last said; silent ones are one filter away. */
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { FAMILIES } from '../../model/device.ts'
import { devices } from '../api/queries.ts'
import type { Device } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { finds } from '../parts/find.ts'
import { FindField } from '../parts/find-field.tsx'
import { useNames } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMedia } from '../parts/use-narrow.ts'
import { VirtualRows } from '../parts/virtual-rows.tsx'
import styles from './devices.module.css'
import { Status } from './status.tsx'
import { Summary } from './summary.tsx'

const COLUMNS = '8rem minmax(12rem, 1.4fr) minmax(10rem, 1.2fr) minmax(9rem, 0.8fr) minmax(14rem, 1.6fr) 7rem'
const NARROW_COLUMNS = 'minmax(0, 1fr) auto'
const STATUSES = ['online', 'silent', 'never-seen'] as const
const RANK = { silent: 0, 'never-seen': 1, online: 2 }

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { text: sortFn_text },
})
const helper = createColumnHelper<typeof features, Row>()
const columns = helper.columns([
  helper.accessor('rank', { id: 'status', sortDescFirst: false }),
  helper.accessor('name', { id: 'name', sortFn: 'text' }),
  helper.accessor('where', { id: 'place', sortFn: 'text' }),
  helper.accessor('family', { id: 'family', sortFn: 'text' }),
  helper.accessor('seen', { id: 'seen', sortDescFirst: true }),
])

type Row = {
  readonly id: string
  readonly name: string
  readonly where: string
  readonly family: string
  readonly rank: number
  readonly seen: number
  readonly device: Device
}

const idOf = ({ id }: Row) => id

export function Component() {
  const { t } = useTranslation()
  const names = useNames()
  const { asked, change, link } = useAddress()
  const known = useQuery(devices)
  const { data } = known
  const narrow = useMedia('(max-width: 60em)')
  const [family, status, text] = [asked.get('family'), asked.get('status'), asked.get('q') ?? '']

  const kept = useMemo(() => {
    const found = finds(text)
    return (data?.items ?? []).flatMap((device): Row | [] => {
      if (family && device.family !== family) return []
      if (status && device.status !== status) return []
      const where = names.place(device.place)
      if (!found(device.id, device.name, where, names.institution(device.place.institution))) return []
      const seen = device.lastSeenAt === null ? 0 : Date.parse(device.lastSeenAt)
      const { id, name } = device
      return { id, name, where, family: device.family, rank: RANK[device.status], seen, device }
    })
  }, [data, family, status, text, names])

  const sort = asked.get('sort') ?? 'status'
  const sorting = [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }]
  const table = useTable({ features, columns, data: kept, state: { sorting } })
  const rows = table.getRowModel().rows.map(({ original }) => original)
  const head = (id: string) => {
    const now = sorting[0]?.id === id ? (sorting[0].desc ? 'descending' : 'ascending') : 'none'
    return { 'aria-sort': now, to: link({ sort: now === 'ascending' ? `-${id}` : id }) } as const
  }

  if (!data) return <Unanswered of={known} />
  return (
    <div className={styles.page}>
      <div className={styles.bar}>
        <h1>{t('place.devices')}</h1>
        <NativeSelect
          aria-label={t('devices.family')}
          value={family ?? ''}
          data={[
            { value: '', label: t('devices.anyFamily') },
            ...FAMILIES.map((one) => ({ value: one, label: t(`family.${one}`) })),
          ]}
          onChange={(event) => change({ family: event.currentTarget.value })}
        />
        <NativeSelect
          aria-label={t('devices.status')}
          value={status ?? ''}
          data={[
            { value: '', label: t('devices.anyStatus') },
            ...STATUSES.map((one) => ({ value: one, label: t(`status.${one}`) })),
          ]}
          onChange={(event) => change({ status: event.currentTarget.value })}
        />
        <FindField label={t('devices.find')} />
        <span className="quiet" role="status">
          {t('list.count', { count: rows.length })}
        </span>
      </div>
      {rows.length === 0 ? (
        <Empty title={data.items.length === 0 ? t('devices.none') : t('devices.noneFilter')}>
          {data.items.length === 0 ? t('devices.noneHelp') : null}
        </Empty>
      ) : (
        <VirtualRows
          rows={rows}
          idOf={idOf}
          height={narrow ? 3.25 : 2.25}
          label={t('place.devices')}
          columns={narrow ? NARROW_COLUMNS : COLUMNS}
          head={
            <>
              <Head {...head('status')} text={t('devices.status')} wide />
              <Head {...head('name')} text={t('devices.name')} />
              <Head {...head('place')} text={t('alarms.where')} wide />
              <Head {...head('family')} text={t('devices.family')} wide />
              <th scope="col" className={styles.wide}>
                {t('devices.latest')}
              </th>
              <Head {...head('seen')} text={t('devices.seen')} />
            </>
          }
          draw={({ id, name, where, device }) => (
            <>
              <td className={styles.wide}>
                <Status of={device} />
              </td>
              <td className={styles.name}>
                <Link to={`/devices/${id}`} data-row-link className="truncate">
                  {name}
                </Link>
                <span className={styles.under}>{where}</span>
              </td>
              <td className={`${styles.wide} truncate`}>{where}</td>
              <td className={`${styles.wide} truncate quiet`}>{t(`family.${device.family}`)}</td>
              <td className={`${styles.wide} truncate`}>
                <Summary device={device} />
              </td>
              <td className="quiet">
                {device.lastSeenAt === null ? t('status.never-seen') : <Age at={device.lastSeenAt} />}
              </td>
            </>
          )}
        />
      )}
    </div>
  )
}

type HeadProps = {
  text: string
  to: string
  wide?: boolean
  'aria-sort': 'ascending' | 'descending' | 'none'
}

function Head({ text, to, wide = false, 'aria-sort': sort }: HeadProps) {
  return (
    <th scope="col" aria-sort={sort} className={wide ? styles.wide : undefined}>
      <Link to={to} replace>
        {text}
        <span aria-hidden="true">{{ ascending: ' ↑', descending: ' ↓', none: '' }[sort]}</span>
      </Link>
    </th>
  )
}
