using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Tests;

/// <summary>The place where a real node lives.</summary>
[Trait("Category", "Processes")]
public sealed class NodeSandboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_node_does_to_the_machine_ends_with_its_sandbox()
    {
        // Given what a node does: mounts, bridges, firewall rules, control groups, processes that nobody waits for
        NodeIsPossible();
        var before = await MachineAsync();
        var sandbox = await NodeSandbox.StartAsync(Cancellation);
        var link = await IndexAsync(sandbox.Interface);
        string[] folders = [Path.GetDirectoryName(sandbox["lib"])!, .. sandbox.ControlGroup.Folders];
        await sandbox.RunAsync("/bin/mount", ["-t", "tmpfs", "tmpfs", "/mnt"], Cancellation);
        await sandbox.RunAsync(NodeRequirements.Ip, ["link", "add", "pods0", "type", "bridge"], Cancellation);
        await sandbox.RunAsync("/usr/sbin/iptables", ["-t", "nat", "-N", "KUBE-TEST"], Cancellation);
        await sandbox.RunAsync("/bin/sh", ["-c", "echo 7 >/proc/sys/kernel/panic; sleep 1000 >/dev/null 2>&1 &"], Cancellation);
        Directory.CreateDirectory(Path.Combine(sandbox.ControlGroup.Folders[0], "kubepods", "pod"));
        Assert.Contains(link, await LinksAsync());
        Assert.All(folders[..2], static folder => Assert.True(Directory.Exists(folder), folder));

        // When it ends
        await sandbox.DisposeAsync();

        // Then the machine is what it was, and nothing of the node is left
        Assert.Equal(before, await MachineAsync());
        Assert.DoesNotContain(link, await LinksAsync());
        Assert.All(folders, static folder => Assert.False(Directory.Exists(folder), folder));
    }

    [Fact]
    public async Task Machine_and_sandbox_reach_each_other()
    {
        NodeIsPossible();
        await using var sandbox = await NodeSandbox.StartAsync(Cancellation);

        var route = await sandbox.RunAsync(NodeRequirements.Ip, ["route", "get", $"{sandbox.HostAddress}"], Cancellation);
        Assert.Contains($"src {sandbox.NodeAddress}", route, StringComparison.Ordinal);
        Assert.Contains($"src {sandbox.HostAddress}", await IpAsync("route", "get", $"{sandbox.NodeAddress}"), StringComparison.Ordinal);
        Assert.Equal("1", (await sandbox.RunAsync("/bin/cat", ["/proc/sys/net/ipv4/ip_forward"], Cancellation)).Trim());
    }

    private static void NodeIsPossible()
    {
        var missing = NodeRequirements.Missing();
        Assert.False(missing.Count > 0 && Environment.GetEnvironmentVariable("CI") == "true", string.Join("; ", missing));
        Assert.SkipWhen(missing.Count > 0, string.Join("; ", missing));
    }

    /// <summary>What there is of the machine that no node may change. Other nodes have links, folders and groups of their own there.</summary>
    private static async Task<string> MachineAsync() => string.Join(
        '\n',
        (await CommandResult.RunAsync("/usr/sbin/iptables", ["-t", "nat", "--list-rules"], cancellationToken: Cancellation)).Output,
        await File.ReadAllTextAsync("/proc/mounts", Cancellation),
        await File.ReadAllTextAsync("/proc/sys/kernel/panic", Cancellation),
        await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_forward", Cancellation));

    // A name may be taken again at once, an index is not.
    private static async Task<string> IndexAsync(string link) => (await IpAsync("-oneline", "link", "show", "dev", link)).Split(':')[0];

    private static async Task<IEnumerable<string>> LinksAsync() =>
        (await IpAsync("-oneline", "link")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(':')[0]);

    private static async Task<string> IpAsync(params string[] arguments) =>
        (await CommandResult.RunAsync(NodeRequirements.Ip, arguments, cancellationToken: Cancellation)).Succeeded("ip");
}
