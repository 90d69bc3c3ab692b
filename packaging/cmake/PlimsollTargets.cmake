# SPDX-License-Identifier: Apache-2.0
# Helpers that give every room and test the same flags. Flags travel only through interface targets.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(plimsoll_flags INTERFACE)
target_include_directories(plimsoll_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(plimsoll_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough)
if(PLIMSOLL_WERROR)
    target_compile_options(plimsoll_flags INTERFACE -Werror)
endif()
# Binding functions when they are first called saves all registers on the stack, where a secret that was just copied
# through them would stay.
target_link_options(plimsoll_flags INTERFACE LINKER:-z,relro,-z,now)

add_library(plimsoll_qtflags INTERFACE)
target_compile_definitions(plimsoll_qtflags INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH
    QT_STRICT_ITERATORS QT_DISABLE_DEPRECATED_BEFORE=0x060400)

macro(plimsoll_find_dependencies)
    find_package(PkgConfig REQUIRED)
    find_package(Threads REQUIRED)
    find_package(OpenSSL 3.0 REQUIRED)
    find_package(CURL 7.88 REQUIRED)
    find_package(ZLIB REQUIRED)
    find_package(LibArchive REQUIRED)
    find_package(simdjson REQUIRED)
    find_package(yaml-cpp REQUIRED)
    pkg_check_modules(PangoCairo REQUIRED IMPORTED_TARGET pangocairo cairo-pdf pangoft2 fontconfig)
    pkg_check_modules(QPdf REQUIRED IMPORTED_TARGET libqpdf)
    pkg_check_modules(Re2 REQUIRED IMPORTED_TARGET re2)
    pkg_check_modules(Deflate REQUIRED IMPORTED_TARGET libdeflate)
    pkg_check_modules(Lz4 REQUIRED IMPORTED_TARGET liblz4)
    if(PLIMSOLL_UI)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Svg)
    endif()
    if(PLIMSOLL_TESTS)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Core Test)
    endif()
endmacro()

# plimsoll_room(<name> [DEPS <room>...] [LIBS <private library>...])
# A core room: every .cpp of the current folder becomes the static library plimsoll_<name>.
# Files are globbed here (and only here) so that a file put in its folder is compiled.
function(plimsoll_room name)
    cmake_parse_arguments(arg "" "" "DEPS;LIBS" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
    list(TRANSFORM arg_DEPS PREPEND plimsoll_)
    if(NOT sources MATCHES "\\.cpp")
        add_library(plimsoll_${name} INTERFACE)
        target_link_libraries(plimsoll_${name} INTERFACE plimsoll_flags ${arg_DEPS})
        return()
    endif()
    add_library(plimsoll_${name} STATIC ${sources})
    target_link_libraries(plimsoll_${name} PUBLIC plimsoll_flags ${arg_DEPS} PRIVATE ${arg_LIBS})
endfunction()

# plimsoll_ui_room(<name> [DEPS <target>...]): the same with Qt and moc; sources are those of the folder.
function(plimsoll_ui_room name)
    cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
    if(NOT sources)
        add_library(plimsoll_ui_${name} INTERFACE)
        target_link_libraries(plimsoll_ui_${name} INTERFACE plimsoll_flags ${arg_DEPS})
        return()
    endif()
    add_library(plimsoll_ui_${name} STATIC ${sources})
    set_target_properties(plimsoll_ui_${name} PROPERTIES AUTOMOC ON UNITY_BUILD OFF)
    target_link_libraries(plimsoll_ui_${name} PUBLIC plimsoll_flags ${arg_DEPS} PRIVATE plimsoll_qtflags)
    if(TARGET plimsoll_ui_pch AND NOT name STREQUAL "pch")
        target_precompile_headers(plimsoll_ui_${name} REUSE_FROM plimsoll_ui_pch)
    endif()
endfunction()

# plimsoll_test(<room> [LIBS <target>...] [GUI]): one executable and one CTest entry for each tst_*.cpp of the folder.
function(plimsoll_test room)
    cmake_parse_arguments(arg "GUI" "" "LIBS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tst_*.cpp")
    foreach(source IN LISTS sources)
        get_filename_component(name "${source}" NAME_WE)
        set(target "${room}_${name}")
        add_executable(${target} "${source}")
        set_target_properties(${target} PROPERTIES AUTOMOC ON UNITY_BUILD OFF)
        target_link_libraries(${target} PRIVATE plimsoll_flags plimsoll_qtflags plimsoll_test_support ${arg_LIBS} Qt6::Test)
        if(TARGET plimsoll_test_pch AND NOT arg_GUI)
            target_precompile_headers(${target} REUSE_FROM plimsoll_test_pch)
        endif()
        add_test(NAME ${room}/${name} COMMAND ${target})
        set_tests_properties(${room}/${name} PROPERTIES TIMEOUT 300
            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;TZ=UTC;PLIMSOLL_SOURCE=${CMAKE_SOURCE_DIR}")
    endforeach()
endfunction()
