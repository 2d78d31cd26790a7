#include "data/audit/audit_page.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/stats/face_crop.hpp"
#include "faceshot/error.hpp"
#include "media/opencv.hpp"
#include "support/document.hpp"
#include "support/markup.hpp"

namespace faceshot::data {
namespace {

using support::escape_markup;

constexpr int audit_crop = 240;

constexpr std::string_view audit_style = R"(
.suspects { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 1em; }
.suspect { border: 2px solid var(--line); border-radius: 6px; padding: .5em; scroll-margin-top: 7em; } .suspect img { width: 100%; height: auto; display: block; }
.suspect fieldset { border: 0; margin: .4em 0 0; padding: 0; display: flex; gap: 1em; } .suspect legend { font-size: 12.5px; padding: 0; overflow-wrap: anywhere; }
.suspect label { cursor: pointer; } .suspect.accept { border-color: var(--good); } .suspect.reject { border-color: var(--bad); opacity: .75; }
.bar { position: sticky; top: 2.6em; background: var(--paper); padding: .5em 0; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 1em; align-items: center; z-index: 1; }
button { font: inherit; padding: .35em .9em; border: 1px solid var(--accent); border-radius: 5px; background: var(--mark); color: var(--ink); cursor: pointer; } kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .35em; }
)";

constexpr std::string_view audit_script = R"(
const data = JSON.parse(document.getElementById('suspects-data').textContent);
const cards = [...document.querySelectorAll('.suspect')], state = document.getElementById('state');
const key = 'faceshot-audit ' + data.csv + ' ' + data.made;
let kept = {};
try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch (e) {}
const choice = card => (card.querySelector('input:checked') || {}).value || '';
const update = save => {
  let accepted = 0, rejected = 0;
  kept = {};
  cards.forEach((card, i) => {
    const value = choice(card);
    card.classList.toggle('accept', value === 'accept');
    card.classList.toggle('reject', value === 'reject');
    if (value === 'accept') accepted++;
    if (value === 'reject') rejected++;
    if (value) kept[i] = value;
  });
  state.textContent = `${accepted} accepted, ${rejected} rejected, ${cards.length - accepted - rejected} open`;
  if (save) try { localStorage.setItem(key, JSON.stringify(kept)); } catch (e) {}
};
const choose = (card, value) => {
  card.querySelectorAll('input').forEach(input => input.checked = input.value === value);
  update(true);
};
const go = i => { if (cards[i]) cards[i].querySelector('input').focus(); };
for (const i in kept) if (cards[i]) cards[i].querySelectorAll('input').forEach(n => n.checked = n.value === kept[i]);
update(false);
document.addEventListener('change', () => update(true));
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  let at = cards.findIndex(card => card.contains(document.activeElement));
  if (e.key === 'n') { e.preventDefault(); go(at + 1); }
  else if (e.key === 'p') { e.preventDefault(); go(Math.max(0, at - 1)); }
  else if ('aru'.includes(e.key) && at >= 0) {
    e.preventDefault();
    choose(cards[at], {a: 'accept', r: 'reject', u: ''}[e.key]);
    if (e.key !== 'u') go(at + 1);
  }
});
document.getElementById('download').addEventListener('click', () => {
  const decisions = data.suspects.map((s, i) => ({...s, decision: choice(cards[i])})).filter(s => s.decision);
  const text = JSON.stringify({format: 'faceshot-audit', version: 1, csv: data.csv, decisions}, null, 1) + '\n';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
  link.download = 'audit-decisions.json';
  link.click();
});
)";

cv::Rect2d rectangle_of(const Box& b) {
  return {static_cast<double>(b.x1), static_cast<double>(b.y1), static_cast<double>(b.width()),
          static_cast<double>(b.height())};
}

/// JPEG of the surroundings of the proposal; empty if the image cannot be read.
std::string picture_of(const PreparedSet& set, const Suspect& s) {
  const geometry::ImageRecord& record = set.records[s.record];
  try {
    FaceCrop crop = crop_around(media::read_mat(set.images_dir / record.image), rectangle_of(s.box),
                                audit_crop);
    for (std::size_t i = 0; i < record.annotations.size(); ++i)
      draw_box(crop, rectangle_of(record.annotations[i].box), {60, 220, 60}, s.label == i ? 2 : 1);
    draw_box(crop, rectangle_of(s.box), {40, 40, 255}, 2);
    const auto jpeg = media::encode_jpeg(media::view_of(crop.image), 80);
    return {jpeg.begin(), jpeg.end()};
  } catch (const Error&) {
    return {};
  }
}

nlohmann::ordered_json box_json(const Box& b) {
  const auto exact = [](float v) { return static_cast<double>(v); };
  return {exact(b.x1), exact(b.y1), exact(b.x2), exact(b.y2)};
}

void append_card(const PreparedSet& set, const Suspect& s, std::size_t number, std::string& html) {
  const std::string& image = set.records[s.record].image;
  const bool missing = s.kind == SuspectKind::missing;
  const std::string what =
      missing ? fmt::format("No label here? {:.0f} x {:.0f} px", s.box.width(), s.box.height())
              : fmt::format("Loose box? IoU {:.2f} with the detection", s.iou);
  const std::string about = fmt::format("{}. {}, score {:.2f}, gain {:.2f}, {}", number + 1, what,
                                        s.score, s.gain, image);
  const std::string jpeg = picture_of(set, s);
  html += "<li class='suspect'>";
  if (!jpeg.empty())
    html += fmt::format(
        "<img loading='lazy' width='{}' height='{}' alt=\"{}\" "
        "src='data:image/jpeg;base64,{}'>",
        audit_crop, audit_crop, escape_markup(what + " in " + image), support::base64(jpeg));
  html += fmt::format(
      "<fieldset><legend>{0}</legend><label><input type='radio' name='s{1}' value='accept'> {2}"
      "</label><label><input type='radio' name='s{1}' value='reject'> "
      "Reject</label></fieldset></li>\n",
      escape_markup(about), number, missing ? "Add label" : "Take red box");
}

/// JSON inside a script element: characters that could end it are escaped.
std::string script_safe(std::string json) {
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at + 1))
    json.replace(at, 1, "\\u003c");
  return json;
}

}  // namespace

std::string audit_page(const PreparedSet& set, const LabelAudit& audit,
                       const std::filesystem::path& csv, std::size_t count,
                       const std::string& detector) {
  const std::size_t shown = std::min(count, audit.suspects.size());
  nlohmann::ordered_json data{{"csv", std::filesystem::absolute(csv).string()},
                              {"made", fmt::format("{} {}", detector, audit.suspects.size())},
                              {"suspects", nlohmann::ordered_json::array()}};
  std::string cards =
      "<div class='bar'><output id='state' aria-live='polite'></output><button id='download' "
      "type='button'>Download decisions</button></div>\n<ol class='suspects'>\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const Suspect& s = audit.suspects[i];
    nlohmann::ordered_json entry{{"image", set.records[s.record].image},
                                 {"kind", name_of(s.kind)},
                                 {"class", s.class_id},
                                 {"box", box_json(s.box)}};
    if (s.label) entry["label"] = box_json(set.records[s.record].annotations[*s.label].box);
    data["suspects"].push_back(std::move(entry));
    append_card(set, s, i, cards);
  }
  cards += "</ol>\n<script type='application/json' id='suspects-data'>" +
           script_safe(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) +
           "</script>\n";
  support::Document document{
      "Label audit",
      fmt::format("{} labels in {} images, compared with {}", audit.labels, audit.images, detector),
      {}};
  document.style = audit_style;
  document.script = audit_script;
  document.sections.push_back(
      {"how",
       "How to",
       {support::Paragraph{fmt::format(
            "{} of {} suspects, by expected gain. Labels are green. The detection is red: a face "
            "without a label, or a better box for the thick green one. Review as many as you like, "
            "then download the decisions and run: faceshot data audit --apply "
            "audit-decisions.json",
            shown, audit.suspects.size())},
        support::RawHtml{
            "<p>Keys: <kbd>a</kbd> accept and <kbd>r</kbd> reject move on to the next, "
            "<kbd>u</kbd> undoes the decision, <kbd>n</kbd> next, <kbd>p</kbd> previous.</p>\n"}}});
  if (shown == 0)
    document.sections.push_back({"suspects", "Suspects", {support::Paragraph{"No suspects."}}});
  else
    document.sections.push_back({"suspects", "Suspects", {support::RawHtml{std::move(cards)}}});
  if (shown == 0) document.script.clear();
  return html_page(document);
}

}  // namespace faceshot::data
