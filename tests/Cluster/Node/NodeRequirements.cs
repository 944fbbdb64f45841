namespace SentryOtel.Cluster;

/// <summary>What a <see cref="RealNode"/> needs of the machine.</summary>
public static class NodeRequirements
{
    internal const string CniPlugins = "/usr/lib/cni";

    // Docker's containerd.io has containerd and runc too, and does as well.
    private static readonly (string Path, string Package)[] Programs =
    [
        ("/usr/bin/containerd", "containerd"),
        ($"{CniPlugins}/bridge", "containernetworking-plugins"),
        ("/usr/sbin/iptables", "iptables"),
        ("/usr/sbin/conntrack", "conntrack"),
        ("/usr/sbin/dnsmasq", "dnsmasq-base"),
        ("/usr/bin/nsenter", "util-linux"),
        ("/bin/mount", "mount"),
    ];

    private static readonly string[] RuntimePrograms = ["/usr/sbin/runc", "/usr/bin/runc"];

    private static readonly string[] LinkPrograms = ["/usr/sbin/ip", "/usr/bin/ip", "/sbin/ip"];

    /// <summary>What is missing, a sentence each; empty when a node can be started.</summary>
    public static IReadOnlyList<string> Missing() =>
    [
        .. Environment.IsPrivilegedProcess ? [] : (string[])["the user is not root"],
        .. Programs.Where(static program => !File.Exists(program.Path)).Select(static program => $"Debian package {program.Package} is not installed ({program.Path}): run build/install-prerequisites --node"),
        .. RuntimePrograms.Any(File.Exists) ? [] : (string[])["Debian package runc is not installed: run build/install-prerequisites --node"],
        .. LinkPrograms.Any(File.Exists) ? [] : (string[])["Debian package iproute2 is not installed: run build/install-prerequisites --node"],
        .. MissingKubernetes(),
    ];

    /// <summary>The path of the program <c>ip</c>.</summary>
    internal static string Ip => LinkPrograms.First(File.Exists);

    private static IEnumerable<string> MissingKubernetes()
    {
        foreach (var name in (string[])["kubelet", "kube-scheduler", "kube-proxy"])
        {
            string? reason = null;
            try
            {
                ClusterPrograms.OfNode(name);
            }
            catch (FileNotFoundException missing)
            {
                reason = missing.Message;
            }

            if (reason is not null)
            {
                yield return reason;
            }
        }
    }
}
