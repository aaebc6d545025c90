#include "mrcz/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/fail.hpp"
#include "kit/damage.hpp"

namespace mrcz {

TEST(Error, WhatReadsContextThenMessage) {
    EXPECT_STREQ(Error(ErrorCode::corrupt, "no good").what(), "no good");
    const Error named(ErrorCode::corrupt, "no good", "a.mrc");
    EXPECT_STREQ(named.what(), "a.mrc: no good");
    EXPECT_EQ(named.message(), "no good");
    EXPECT_EQ(named.context(), "a.mrc");
    EXPECT_EQ(named.code(), ErrorCode::corrupt);
}

TEST(Error, WithinNamesAContextOnlyOnce) {
    const Error inner(ErrorCode::truncated, "cut");
    const Error named = inner.within("a.mrc");
    EXPECT_STREQ(named.what(), "a.mrc: cut");
    EXPECT_EQ(named.code(), ErrorCode::truncated);
    EXPECT_STREQ(named.within("b.mrc").what(), "a.mrc: cut");
    EXPECT_STREQ(inner.what(), "cut");
}

TEST(Error, GroupsAreExitCodes) {
    using enum ErrorCode;
    for (const ErrorCode code : {not_mrc, truncated, corrupt, unsupported, limit_exceeded})
        EXPECT_EQ(static_cast<int>(group_of(code)), 1);
    for (const ErrorCode code : {invalid_argument, target_exists, not_found})
        EXPECT_EQ(static_cast<int>(group_of(code)), 2);
    for (const ErrorCode code : {io_failed, out_of_memory}) EXPECT_EQ(static_cast<int>(group_of(code)), 3);
    EXPECT_EQ(static_cast<int>(group_of(cancelled)), 4);
    EXPECT_EQ(static_cast<int>(group_of(internal)), 70);
    EXPECT_EQ(name_of(not_mrc), "not_mrc");
    EXPECT_EQ(name_of(internal), "internal");
    EXPECT_EQ(Error(cancelled, "stopped").group(), ErrorGroup::interrupted);
}

TEST(Fail, MessageIsThePartsSideBySide) {
    const Error error = kit::error_of([] { fail(ErrorCode::corrupt, "frame ", 17, ": ", 0.5, '!'); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "frame 17: 0.5!");
    EXPECT_EQ(error.context(), "");
}

TEST(Fail, ErrnoDecidesTheCode) {
    const auto failed = [](int number) { return kit::error_of([=] { fail_errno(number, "open x"); }); };
    EXPECT_EQ(failed(ENOENT).code(), ErrorCode::not_found);
    EXPECT_EQ(failed(ENOENT).message(), "cannot open x: No such file or directory");
    EXPECT_EQ(failed(EEXIST).code(), ErrorCode::target_exists);
    EXPECT_EQ(failed(ENOMEM).code(), ErrorCode::out_of_memory);
    EXPECT_EQ(failed(ENOSPC).code(), ErrorCode::io_failed);
    EXPECT_EQ(failed(EACCES).code(), ErrorCode::io_failed);
}

TEST(Fail, TooManyOpenFilesSaysWhatToDo) {
    for (const auto& [number, told] :
         {std::pair{EMFILE, "ulimit -n"}, {EMFILE, "close()"}, {ENFILE, "whole machine"}}) {
        const Error error = kit::error_of([number = number] { fail_errno(number, "open for reading"); });
        EXPECT_EQ(error.code(), ErrorCode::io_failed);
        EXPECT_NE(error.message().find(told), std::string::npos) << error.message();
    }
}

TEST(InFile, NamesTheFileInErrorsThatNameNone) {
    const auto failing = [] { fail(ErrorCode::corrupt, "odd"); };
    EXPECT_STREQ(kit::error_of([&] { in_file("a.mrc", failing); }).what(), "a.mrc: odd");
    EXPECT_STREQ(kit::error_of([&] { in_file("b.mrc", [&] { in_file("a.mrc", failing); }); }).what(), "a.mrc: odd");
    EXPECT_THROW(in_file("a.mrc", [] { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST(InFile, GivesBackWhatTheWorkGives) {
    int value = 3;
    EXPECT_EQ(in_file("a.mrc", [&] { return value + 1; }), 4);
    in_file("a.mrc", [&]() -> int& { return value; }) = 5;
    EXPECT_EQ(value, 5);
}

}  // namespace mrcz
