import { useQuery } from "@tanstack/react-query";
import { Lossy } from "../../look/mapping/Lossy";
import { oneWay } from "../../look/mapping/pairs";
import { previewsQuery } from "../../look/mapping/queries";
import type { Draft, Pair } from "./draft";

interface Props {
  draft: Draft;
  onChange: (modules: Pair[]) => void;
}

/** Why saving was refused: each pair of fields that cannot go both ways, with the offer to let it go one way. */
export function LossyPairs({ draft, onChange }: Props) {
  const { left, right, modules, owners } = draft;
  const previews = useQuery(previewsQuery({ left, right, modules, owners, at: 0 }));
  return (previews.data ?? []).flatMap((preview, at) =>
    preview.lossy.map((pair) => (
      <Lossy
        key={`${preview.left} ${preview.right} ${pair.left} ${pair.right}`}
        lossy={pair}
        names={{ left, right }}
        allowed={["left_to_right", "right_to_left"]}
        about={`${pair.left} ↔ ${pair.right}`}
        onOneWay={(direction) =>
          onChange(modules.map((each, place) => (place === at ? oneWay(each, pair, direction) : each)))
        }
      />
    )),
  );
}
