import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart } from './chart.ts'
import type { Outcome } from './driver.ts'
import { ROOT } from './peers/index.ts'
import { cells, type Report, toMarkdown } from './report.ts'
import { writeWhy } from './why.ts'

/** Writes `docs/benchmarks.md`, its chart, and what the README has of it. */
export function writeDocs(outcome: Outcome, report: Report, rounds: number): void {
  writeFileSync(join(ROOT, 'docs/benchmarks.svg'), chart(outcome.results))
  writeFileSync(join(ROOT, 'docs/benchmarks.md'), page(outcome, report, rounds))
  writeWhy()
}

function page({ results, problems }: Outcome, { machine, versions }: Report, rounds: number): string {
  return `# Benchmarks

Measured ${new Date().toISOString().slice(0, 10)} by \`pnpm bench --docs\`, which wrote this page.

- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.os}; load average before the run ${machine.loadBefore}
- Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}
- ${rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`}; everybody in turn in every round, client and server in processes of their own, over loopback

![How many times better than its peers](./benchmarks.svg)

${toMarkdown(cells(results))}
${problems.length === 0 ? '' : `\nNot measured:\n\n${problems.map(problem => `- ${firstLine(problem)}`).join('\n')}\n`}
What the profiles say about the rows near a floor: [where the time goes](./performance.md).

## How to read it

A ratio (\`vs …\`) above 1 always means that this project is better: faster, smaller or cheaper. \`spread\` is how far the
rounds of this project lie apart, over their median: differences below it mean nothing. MB are 10⁶ bytes. An empty cell
means that a workload does not exist for that peer.

- **js** is js-libp2p with the same modules and the very same benchmark code, which is written against the contract that
  both share. Its limits on connections and streams are lifted where a workload needs it, and so are ours.
- **go** is go-libp2p's TCP, noise and yamux without the swarm and the host above them: less than a node does here.
- **limit** is the primitive below: ChaCha20-Poly1305 over TCP in frames of 64 KiB without a muxer, a bare TCP echo, a
  bare TCP connect. Its bytes always flow to the side that connected, because only there Node has a buffer to reuse.

${results.map(({ row }) => `- \`${row.name}\`, ${row.unit}: ${row.about}`).join('\n')}

## How to run it

\`\`\`sh
pnpm bench                                # everything, some thirty minutes
pnpm bench --quick                        # everything small, under a minute: does it run?
pnpm bench --only upload-64k,dial         # some workloads
pnpm bench --peers js,limit --rounds 9    # some peers, more rounds
pnpm bench --dist                         # this project from its built packages
pnpm bench --json results.json --docs     # for machines, and for this page
\`\`\`

Close everything else first: with fewer than two idle cores the numbers say more about the machine than about the code.
`
}

function firstLine(text: string): string {
  return text.split('\n')[0] as string
}
