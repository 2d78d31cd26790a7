# embed_assets(OUT page/index.html ...): writes a C++ file with the content of the files, for
# serve/assets.hpp. (Compilers limit the length of string literals, but not of lists of numbers.)
set(content_type_html "text/html; charset=utf-8")
set(content_type_js "text/javascript; charset=utf-8")
set(content_type_css "text/css; charset=utf-8")
set(content_type_svg "image/svg+xml")
set(content_type_json "application/json")

function(embed_assets out)
  set(arrays "")
  set(rows "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    get_filename_component(name ${file} NAME)
    get_filename_component(kind ${file} LAST_EXT)
    string(SUBSTRING ${kind} 1 -1 kind)
    string(MAKE_C_IDENTIFIER ${name} id)
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${file} bytes HEX)
    file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/${file} sum)
    string(SUBSTRING ${sum} 0 16 sum)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    set(path /${name})
    if(name STREQUAL "index.html")
      set(path /)
    endif()
    string(APPEND arrays "constexpr char ${id}[]{${bytes}};\n")
    string(APPEND rows "    {\"${path}\", \"${content_type_${kind}}\", {${id}, sizeof ${id}}, \"\\\"${sum}\\\"\"},\n")
  endforeach()
  file(GENERATE OUTPUT ${out} CONTENT "#include \"serve/assets.hpp\"

namespace faceshot::serve {
namespace {

${arrays}
constexpr Asset assets[]{
${rows}};

}  // namespace

const Asset* asset_at(std::string_view path) noexcept {
  for (const Asset& asset : assets)
    if (asset.path == path) return &asset;
  return nullptr;
}

}  // namespace faceshot::serve
")
endfunction()
