#include "streams/print_log.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "common/text_target.hpp"
#include "video/live/utc_time.hpp"

namespace faceshot::cli {

video::LiveLog print_log(bool json) {
  return [json](const video::LogLine& line) {
    std::string text;
    if (json) {
      nlohmann::ordered_json object{{"time", video::utc_text(video::utc_now())},
                                    {"level", name_of(line.level)}};
      if (!line.stream.empty()) object["stream"] = line.stream;
      object["event"] = line.what;
      object["message"] = line.message;
      text = json_text(object, -1);
    } else {
      text = "faceshot: ";
      if (line.level != video::LogLevel::info) text += std::string(name_of(line.level)) + ": ";
      if (!line.stream.empty()) text += line.stream + ": ";
      text += line.what + ": " + line.message;
    }
    text += '\n';
    std::fwrite(text.data(), 1, text.size(), stderr);  // locks the stream itself
  };
}

}  // namespace faceshot::cli
