#include "processors.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "kit/files.hpp"

namespace mrcz::cli_test {

/// A folder that stands for `/`.
class CgroupProcessors : public testing::Test {
  public:
    void write(const std::string& name, const std::string& text) const {
        const std::filesystem::path path = root_.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    [[nodiscard]] unsigned found() const { return cli::processors_of_cgroup(root_.path()); }

  private:
    kit::TemporaryFolder root_;
};

TEST_F(CgroupProcessors, NoneWithoutGroupsOrQuota) {
    EXPECT_EQ(found(), 0U);
    write("proc/self/cgroup", "0::/user.slice\n");
    EXPECT_EQ(found(), 0U);
    write("sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
    EXPECT_EQ(found(), 0U);
}

TEST_F(CgroupProcessors, QuotaOfItsOwnGroup) {
    write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
    write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "350000 100000\n");
    EXPECT_EQ(found(), 3U);
    write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "50000 100000\n");
    EXPECT_EQ(found(), 1U);
}

TEST_F(CgroupProcessors, LeastOfAllGroupsAroundIt) {
    write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
    write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "800000 100000\n");
    write("sys/fs/cgroup/slurm/job_7/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/slurm/cpu.max", "400000 100000\n");
    EXPECT_EQ(found(), 4U);
    write("sys/fs/cgroup/cpu.max", "200000 100000\n");
    EXPECT_EQ(found(), 2U);
}

TEST_F(CgroupProcessors, GroupOfTheHostThatAContainerDoesNotSee) {
    write("proc/self/cgroup", "0::/docker/0123abcd\n");
    write("sys/fs/cgroup/cpu.max", "600000 100000\n");
    EXPECT_EQ(found(), 6U);
}

TEST_F(CgroupProcessors, VersionOneHasFilesOfItsOwn) {
    write("proc/self/cgroup", "12:memory:/job\n4:cpu,cpuacct:/job/step\n3:cpuset:/job\n1:name=systemd:/job\n");
    write("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_quota_us", "-1\n");
    write("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(found(), 0U);
    write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "500000\n");
    write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(found(), 5U);
}

TEST_F(CgroupProcessors, VersionOneUnderItsShortName) {
    write("proc/self/cgroup", "4:cpuacct,cpu:/job\n");
    write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "700000\n");
    write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(found(), 7U);
}

TEST_F(CgroupProcessors, GarbageSaysNothing) {
    write("proc/self/cgroup", "\n:\n::\nno colon\n0:only one\n0::relative/../..\n0::/\n");
    EXPECT_EQ(found(), 0U);
    write("sys/fs/cgroup/cpu.max", "0 0\n");
    EXPECT_EQ(found(), 0U);
    write("sys/fs/cgroup/cpu.max", "-5 100000\n");
    EXPECT_EQ(found(), 0U);
    write("sys/fs/cgroup/cpu.max", "1e300 1\n");
    EXPECT_GT(found(), 1000U);
}

TEST(AvailableProcessors, AreAtLeastOne) { EXPECT_GE(cli::available_processors(), 1U); }

}  // namespace mrcz::cli_test
