# How every target of the project is compiled, and the three functions that make one.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(dicescope_options INTERFACE)
target_include_directories(dicescope_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(dicescope_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports std::string concatenation as overlapping copies (GCC bug 105651).
  target_compile_options(dicescope_options INTERFACE -Wno-restrict)
endif()
target_compile_definitions(dicescope_options INTERFACE DICESCOPE_VERSION="${PROJECT_VERSION}")
if(DICESCOPE_SANITIZE)
  add_compile_options(-fsanitize=${DICESCOPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DICESCOPE_SANITIZE})
endif()

if(DICESCOPE_FUZZ)
  # Coverage of the rooms themselves, or the fuzzer would see only its own file.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# dicescope_room(NAME SOURCES... [PUBLIC targets...] [PRIVATE targets...]): one folder of core/ as a static library
# dicescope_NAME. PUBLIC names the rooms whose headers it shows, PRIVATE the third-party libraries it hides.
function(dicescope_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(dicescope_${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(dicescope_${name} PUBLIC dicescope_options ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE})
endfunction()

# dicescope_test(NAME LIBRARIES...): builds NAME.cpp (a Qt Test with QTEST_APPLESS_MAIN or QTEST_GUILESS_MAIN) of the
# calling folder and registers it. Tests find the committed goldens by DICESCOPE_GOLDEN_DIR. Tests of rooms without
# LibTorch carry the label "threads" and belong to the target thread_tests: ThreadSanitizer runs those, since it would
# report the uninstrumented LibTorch's threads.
add_custom_target(thread_tests)
function(dicescope_test name)
  add_executable(${name} ${name}.cpp)
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_link_libraries(${name} PRIVATE dicescope_options Qt6::Test ${ARGN})
  target_compile_definitions(${name} PRIVATE DICESCOPE_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden"
                                             DICESCOPE_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan_suppressions.txt")
  string(REGEX MATCH "dicescope_(model|extraction|analysis|session|report|ui|gui)|torch|linalg|detectors|explain|train_demo" withTorch "${name} ${ARGN}")
  if(ARGN AND NOT withTorch)
    set_tests_properties(${name} PROPERTIES LABELS threads)
    add_dependencies(thread_tests ${name})
  endif()
endfunction()

# dicescope_fuzzer(NAME LIBRARIES...): builds NAME.cpp of the calling folder as a libFuzzer target; part of `fuzzers`.
add_custom_target(fuzzers)
function(dicescope_fuzzer name)
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE dicescope_options ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
