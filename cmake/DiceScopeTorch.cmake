# LibTorch as the target dicescope_torch. The distribution's comes through its CMake package. One that CMAKE_PREFIX_PATH
# names (the official archive's folder, or the folder `torch` of pip's package) is taken by its libraries: the CMake
# package of a CUDA build insists on a CUDA compiler, which this project does not need, and looks for libc10 in the
# system's folders first, where it finds another version's.
add_library(dicescope_torch INTERFACE)
# clang 14 reads LibTorch's headers as C++20 only when this one comes first.
target_compile_options(dicescope_torch INTERFACE "$<$<CXX_COMPILER_ID:Clang>:SHELL:-include torch/csrc/jit/ir/ir.h>")

find_file(DICESCOPE_TORCH_CONFIG TorchConfig.cmake HINTS ${CMAKE_PREFIX_PATH} ENV CMAKE_PREFIX_PATH NO_DEFAULT_PATH
          PATH_SUFFIXES share/cmake/Torch Torch)
if(NOT DICESCOPE_TORCH_CONFIG)
  find_package(Torch REQUIRED)
  target_link_libraries(dicescope_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(dicescope_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  return()
endif()

get_filename_component(_torch_folder ${DICESCOPE_TORCH_CONFIG} DIRECTORY)
get_filename_component(_torch_root ${_torch_folder}/../../.. ABSOLUTE)
file(STRINGS ${DICESCOPE_TORCH_CONFIG} _torch_old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
if(_torch_old_abi)
  message(FATAL_ERROR "The LibTorch in ${_torch_root} is built for the C++ library of before GCC 5; take the one whose "
                      "name says cxx11-abi, or version 2.7 or newer.")
endif()
set(_torch_libraries "")
foreach(_name torch_cuda c10_cuda torch_cpu torch c10)
  find_library(DICESCOPE_LIB_${_name} ${_name} PATHS ${_torch_root}/lib NO_DEFAULT_PATH)
  if(DICESCOPE_LIB_${_name})
    list(APPEND _torch_libraries ${DICESCOPE_LIB_${_name}})
  elseif(NOT _name MATCHES "cuda")
    message(FATAL_ERROR "lib${_name} is missing in ${_torch_root}/lib.")
  endif()
endforeach()
# Nothing in the program names a symbol of the CUDA libraries: they register themselves when loaded.
string(REPLACE ";" "," _torch_link_list "${_torch_libraries}")
target_link_options(dicescope_torch INTERFACE "LINKER:--no-as-needed,${_torch_link_list},--as-needed")
target_link_libraries(dicescope_torch INTERFACE ${_torch_libraries})
target_include_directories(dicescope_torch SYSTEM INTERFACE
  ${_torch_root}/include ${_torch_root}/include/torch/csrc/api/include)
message(STATUS "LibTorch: ${_torch_root}")
