/**
 * What changes how the whole wall is to be read stands above it: fire releases and floods. It comes and goes
 * only while nobody reads the list, because it moves every row; the line of needs says it at once.
 */
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { seats } from '../api/queries.ts'
import type { Change } from '../parts/use-address.ts'
import { FireBar, useFireReleases } from './fire-release.tsx'
import { FloodBar } from './flood-bar.tsx'

type Props = { readonly holding: boolean; link(to: Change): string }

export function Bars({ holding, link }: Props) {
  const { data } = useQuery(seats)
  const fires = useFireReleases()
  const floods = (data?.items ?? []).flatMap(({ name, flood }) => (flood ? [{ name, flood }] : []))
  const shown = useRef({ fires, floods })
  if (!holding) shown.current = { fires, floods }
  return (
    <>
      {shown.current.fires.map((release) => (
        <FireBar key={release.key} release={release} />
      ))}
      {shown.current.floods.map(({ name, flood }) => (
        <FloodBar key={name} seat={name} flood={flood} link={link} />
      ))}
    </>
  )
}
