using System.Text;
using SentryOtel.Cluster.Pods;
using SentryOtel.Cluster.Volumes;

namespace SentryOtel.Cluster.Tests;

public sealed class PodPartsTests
{
    [Theory]
    [InlineData("$(NAME)", "orders")]
    [InlineData("a-$(NAME)-$(EMPTY)-b", "a-orders--b")]
    [InlineData("$$(NAME)", "$(NAME)")]
    [InlineData("$(NOBODY) $NAME $", "$(NOBODY) $NAME $")]
    [InlineData("$(unclosed", "$(unclosed")]
    public void Variables_expand_as_Kubernetes_does(string text, string expected)
    {
        var variables = new Dictionary<string, string> { ["NAME"] = "orders", ["EMPTY"] = string.Empty };

        Assert.Equal(expected, VariableExpansion.Expand(text, variables));
    }

    [Theory]
    [InlineData("/etc/gateway/config.yaml", "/v/config/config.yaml")]
    [InlineData("--config=/etc/gateway/config.yaml", "--config=/v/config/config.yaml")]
    [InlineData("${file:/etc/gateway/dsn}", "${file:/v/config/dsn}")]
    [InlineData("directory: \"/var/queue\"", "directory: \"/v/queue\"")]
    [InlineData("/etc/gateway/tls/tls.crt", "/v/tls/tls.crt")]
    [InlineData("/srv/etc/gateway/x /etc/gateways /etc/gateway.d", "/srv/etc/gateway/x /etc/gateways /etc/gateway.d")]
    public void Mount_paths_are_translated_wherever_they_stand_whole(string text, string expected)
    {
        var paths = new MountPaths(new Dictionary<string, string>
        {
            ["/etc/gateway"] = "/v/config",
            ["/etc/gateway/tls/"] = "/v/tls",
            ["/var/queue"] = "/v/queue",
        });

        Assert.Equal(expected, paths.Translate(text));
    }

    [Fact]
    public void A_real_folder_below_a_mount_path_is_not_translated_again()
    {
        var paths = new MountPaths(new Dictionary<string, string> { ["/etc/gateway"] = "/scratch/v/config", ["/scratch"] = "/scratch/v/scratch" });

        Assert.Equal("/scratch/v/config/x /scratch/v/scratch/y", paths.Translate("/etc/gateway/x /scratch/y"));
    }

    [Theory]
    [InlineData("gateway", "gateway")]
    [InlineData("gateway:0.1.0", "gateway")]
    [InlineData("host:5000/team/gateway", "host:5000/team/gateway")]
    [InlineData("host:5000/team/gateway:0.1.0@sha256:abc", "host:5000/team/gateway")]
    public void An_image_s_repository_is_without_tag_and_digest(string image, string expected) =>
        Assert.Equal(expected, ImageReference.Repository(image));

    [Fact]
    public void Restarts_wait_longer_each_time_and_start_afresh_after_a_long_run()
    {
        var delays = new RestartBackOff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)).Begin();
        var crash = TimeSpan.FromMilliseconds(5);

        var seconds = new[] { crash, crash, crash, crash, crash, TimeSpan.FromMinutes(1), crash }
            .Select(ran => delays.Next(ran).TotalSeconds);

        Assert.Equal([0, 1, 2, 3, 3, 0, 1], seconds);
    }

    [Fact]
    public void A_volume_changes_all_at_once_and_loses_what_is_gone()
    {
        using var folder = new ClusterFolder();
        var volume = new AtomicFolder(folder["volume"]);
        volume.Write(Files(("a", "1"), ("nested/b", "1")));
        var before = new FileInfo(Path.Combine(volume.Path, "..data")).LinkTarget;

        volume.Write(Files(("a", "2"), ("c", "2")));

        Assert.Equal("2", File.ReadAllText(Path.Combine(volume.Path, "a")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(volume.Path, "c")));
        Assert.NotEqual(before, new FileInfo(Path.Combine(volume.Path, "..data")).LinkTarget);
        Assert.Equal(["a", "c"], Directory.EnumerateFileSystemEntries(volume.Path)
            .Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith("..", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void A_volume_that_is_written_again_unchanged_stays_untouched()
    {
        using var folder = new ClusterFolder();
        var volume = new AtomicFolder(folder["volume"]);
        volume.Write(Files(("a", "1")));
        var before = new FileInfo(Path.Combine(volume.Path, "..data")).LinkTarget;

        volume.Write(Files(("a", "1")));

        Assert.Equal(before, new FileInfo(Path.Combine(volume.Path, "..data")).LinkTarget);
    }

    private static Dictionary<string, byte[]> Files(params IEnumerable<(string Path, string Text)> files) =>
        files.ToDictionary(file => file.Path, file => Encoding.UTF8.GetBytes(file.Text));
}
