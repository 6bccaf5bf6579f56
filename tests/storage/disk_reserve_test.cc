#include "storage/disk_reserve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

constexpr auto kFull = absl::StatusCode::kResourceExhausted;

// Whether another file can have so much.
bool HasRoomFor(Disk& disk, std::uint64_t bytes) {
  const auto file = disk.Create("other");
  const bool room = (*file)->Reserve(bytes).ok();
  EXPECT_THAT(disk.Remove("other"), IsOk());
  return room;
}

TEST(DiskReserveTest, HoldsRoomUntilItIsReleased) {
  MemDisk disk;
  disk.SetCapacity(100);
  DiskReserve reserve(disk, "RESERVE", 60);
  EXPECT_FALSE(reserve.held());
  ROWHOUSE_ASSERT_OK(reserve.Hold());
  ROWHOUSE_ASSERT_OK(reserve.Hold());
  EXPECT_TRUE(reserve.held());
  EXPECT_FALSE(HasRoomFor(disk, 41));
  EXPECT_TRUE(HasRoomFor(disk, 40));
  ROWHOUSE_ASSERT_OK(reserve.Release());
  EXPECT_FALSE(reserve.held());
  EXPECT_TRUE(HasRoomFor(disk, 100));
  EXPECT_THAT(disk.Exists("RESERVE"), IsOkAndHolds(false));
}

TEST(DiskReserveTest, WhereThereIsNoRoomNothingIsHeld) {
  MemDisk disk;
  disk.SetCapacity(50);
  DiskReserve reserve(disk, "RESERVE", 60);
  EXPECT_THAT(reserve.Hold(), StatusIs(kFull));
  EXPECT_FALSE(reserve.held());
  EXPECT_TRUE(HasRoomFor(disk, 50));
  disk.SetCapacity(60);
  ROWHOUSE_EXPECT_OK(reserve.Hold());
}

TEST(DiskReserveTest, WhatAKilledProcessHeldIsReleasedByTheNext) {
  MemDisk disk;
  disk.SetCapacity(100);
  DiskReserve killed(disk, "RESERVE", 60);
  ROWHOUSE_ASSERT_OK(killed.Hold());
  disk.Kill();
  DiskReserve next(disk, "RESERVE", 60);
  EXPECT_FALSE(HasRoomFor(disk, 41));
  ROWHOUSE_ASSERT_OK(next.Release());
  EXPECT_TRUE(HasRoomFor(disk, 100));
  ROWHOUSE_ASSERT_OK(next.Hold());
}

TEST(DiskReserveTest, NoBytesAreAlwaysHeld) {
  MemDisk disk;
  disk.SetCapacity(0);
  DiskReserve reserve(disk, "RESERVE", 0);
  ROWHOUSE_ASSERT_OK(reserve.Hold());
  EXPECT_TRUE(reserve.held());
  EXPECT_THAT(disk.Exists("RESERVE"), IsOkAndHolds(false));
  ROWHOUSE_ASSERT_OK(reserve.Release());
}

}  // namespace
}  // namespace rowhouse::storage
