/** The way down from the site to a meter, each level a link back up to it. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { site } from '../api/queries.ts'
import { useDevices } from '../parts/names.ts'
import { useAddress } from '../parts/use-address.ts'
import type { Scope } from './question.ts'
import styles from './water.module.css'

const OUTDOORS = 'outdoors:'

/** What stands in no building of its institution has a name of its own. */
export function usePartName(): (id: string, name: string) => string {
  const { t } = useTranslation()
  return (id, name) => (id.startsWith(OUTDOORS) ? t('water.outdoors', { institution: name }) : name)
}

export function Where({ scope }: { scope: Scope }) {
  const { t } = useTranslation()
  const { link } = useAddress()
  const known = useDevices()
  const { data: here } = useQuery(site)
  const part = usePartName()
  const { institution, building, device } = scope
  const named = (list: readonly { id: string; name: string }[] | undefined, id: string) =>
    list?.find((one) => one.id === id)?.name ?? id
  const owner = building?.startsWith(OUTDOORS) ? building.slice(OUTDOORS.length) : undefined
  const steps = [
    { name: t('water.everything'), to: { institution: undefined, building: undefined, device: undefined } },
    ...(institution === undefined
      ? []
      : [
          {
            name: named(here?.institutions, institution),
            to: { building: undefined, device: undefined },
          },
        ]),
    ...(building === undefined
      ? []
      : [
          {
            name: part(
              building,
              owner === undefined ? named(here?.buildings, building) : named(here?.institutions, owner),
            ),
            to: { device: undefined },
          },
        ]),
    ...(device === undefined ? [] : [{ name: known.get(device)?.name ?? device, to: {} }]),
  ]
  return (
    <nav aria-label={t('water.where')}>
      <ol className={styles.where}>
        {steps.map(({ name, to }, at) => (
          <li key={name} aria-current={at === steps.length - 1 ? 'location' : undefined}>
            {at === steps.length - 1 ? name : <Link to={link({ ...to, by: undefined })}>{name}</Link>}
          </li>
        ))}
      </ol>
    </nav>
  )
}
