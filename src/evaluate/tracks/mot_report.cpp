#include "evaluate/tracks/mot_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faceshot::evaluate {
namespace {

nlohmann::ordered_json score_json(const MotScore& s) {
  const Hota& h = s.tracks.hota;
  const ClearMot& c = s.tracks.clear;
  const IdentityScore& i = s.tracks.identity;
  const LeakRate& l = s.leak;
  return {{"name", s.name},
          {"frames", s.tracks.frames},
          {"faces", s.tracks.faces},
          {"tracks", s.tracks.tracks},
          {"hota",
           {{"hota", h.hota()},
            {"deta", h.detection()},
            {"assa", mean(h.association)},
            {"detre", h.detection_recall()},
            {"detpr", h.detection_precision()},
            {"assre", mean(h.association_recall)},
            {"asspr", mean(h.association_precision)},
            {"loca", mean(h.location)}}},
          {"clear",
           {{"mota", c.mota()},
            {"motp", c.motp()},
            {"recall", c.recall()},
            {"precision", c.precision()},
            {"tp", c.tp},
            {"fp", c.fp},
            {"fn", c.fn},
            {"idsw", c.switches},
            {"frag", c.fragments},
            {"mt", c.mostly_tracked},
            {"pt", c.partly_tracked},
            {"ml", c.mostly_lost}}},
          {"identity",
           {{"idf1", i.idf1()},
            {"idr", i.recall()},
            {"idp", i.precision()},
            {"idtp", i.tp},
            {"idfp", i.fp},
            {"idfn", i.fn}}},
          {"leak",
           {{"rate", l.rate()},
            {"pixels", l.pixels},
            {"leaked", l.leaked},
            {"faces", l.faces},
            {"never_found", l.never_found},
            {"never_found_rate", l.never_found_rate()},
            {"hidden_area", l.hidden_area}}}};
}

}  // namespace

std::vector<MotScore> score_mot(std::span<const MotSequence> sequences, const Hiding& hiding) {
  std::vector<MotScore> scores;
  std::vector<MotResult> results;
  LeakRate leak;
  for (const MotSequence& sequence : sequences) {
    MotScore& score = scores.emplace_back();
    score.name = sequence.name;
    score.tracks = evaluate_mot(sequence);
    score.leak = leak_rate(sequence, hiding, faces_found(sequence));
    results.push_back(score.tracks);
    leak += score.leak;
  }
  scores.push_back({"all", combine(results), leak});
  return scores;
}

std::string mot_table(std::span<const MotScore> scores) {
  std::size_t width = 4;
  for (const MotScore& s : scores) width = std::max(width, s.name.size());
  std::string text = fmt::format(
      "{:{}}  {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>5} {:>7} {:>7}\n", "film",
      width, "HOTA", "DetA", "AssA", "MOTA", "MOTP", "IDF1", "recall", "prec.", "IDSW", "frag",
      "leak", "never");
  for (const MotScore& s : scores) {
    const MotResult& r = s.tracks;
    text += fmt::format(
        "{:{}}  {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6} {:5} {:7.4f} "
        "{:7.4f}\n",
        s.name, width, r.hota.hota(), r.hota.detection(), mean(r.hota.association), r.clear.mota(),
        r.clear.motp(), r.identity.idf1(), r.clear.recall(), r.clear.precision(), r.clear.switches,
        r.clear.fragments, s.leak.rate(), s.leak.never_found_rate());
  }
  const LeakRate& leak = scores.back().leak;
  return text +
         fmt::format(
             "\nleak: share of face pixels left visible, for the {} faces found in at least one "
             "frame; never: share of\nall face pixels that belong to the {} faces never found\n",
             leak.faces - leak.never_found, leak.never_found);
}

nlohmann::ordered_json mot_json(std::span<const MotScore> scores, const Hiding& hiding) {
  nlohmann::ordered_json json;
  json["protocol"] = "mot";
  json["hiding"] = {{"shape", hiding.shape == HidingShape::box ? "box" : "ellipse"},
                    {"margin", hiding.margin}};
  json["all"] = score_json(scores.back());
  json["films"] = nlohmann::ordered_json::array();
  for (const MotScore& score : scores.first(scores.size() - 1))
    json["films"].push_back(score_json(score));
  return json;
}

}  // namespace faceshot::evaluate
