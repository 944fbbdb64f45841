using System.Formats.Tar;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Delivery;

/// <summary>The container images, as they would be pushed.</summary>
[Trait("Category", "Processes")]
public sealed class ImageTests
{
    private const string Operator = "sentry-otel-operator";
    private const string Gateway = "sentry-otel-gateway";

    private static readonly string[] ShellsAndPackageManagers =
        ["sh", "bash", "dash", "ash", "zsh", "busybox", "apt", "apt-get", "dpkg", "apk", "rpm", "yum", "dnf", "perl", "python3", "curl", "wget"];

    [Theory]
    [InlineData(Operator)]
    [InlineData(Gateway)]
    public void An_image_runs_its_program_as_a_numeric_user_that_is_not_root(string name)
    {
        var image = OciArchive.Read(name);

        // Kubernetes can not tell with runAsNonRoot who a name is.
        Assert.Equal("65532:65532", $"{image.Configuration["config"]!["User"]}");
        Assert.Equal($"""["/usr/bin/{name}"]""", image.Configuration["config"]!["Entrypoint"]!.ToJsonString());
        Assert.Equal(("linux", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64"), ($"{image.Configuration["os"]}", $"{image.Configuration["architecture"]}"));
        const UnixFileMode Everybody = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        Assert.Equal(Everybody, image.Files.Single(file => file.Name == $"usr/bin/{name}").Mode & (Everybody | UnixFileMode.OtherWrite));
        Assert.Contains("nonroot:x:65532:65532:", image.TextOf("etc/passwd"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Operator)]
    [InlineData(Gateway)]
    public void There_is_no_program_but_its_own_and_nothing_that_gives_more_rights(string name)
    {
        var image = OciArchive.Read(name);

        Assert.Equal([$"usr/bin/{name}"], image.Files.Where(static file => file.EntryType != TarEntryType.Directory && Folder(file.Name) is "bin" or "sbin").Select(static file => file.Name));
        Assert.DoesNotContain(image.Files, static file => file.EntryType != TarEntryType.Directory && ShellsAndPackageManagers.Contains(Path.GetFileName(file.Name)));
        Assert.DoesNotContain(image.Files, static file => (file.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0);
        Assert.Equal(["tmp"], image.Files.Where(static file => file.EntryType != TarEntryType.SymbolicLink && (file.Mode & UnixFileMode.OtherWrite) != 0).Select(static file => file.Name));
        Assert.All(image.Files, static file => Assert.Equal((0, 0), (file.Uid, file.Gid)));
    }

    [Theory]
    [InlineData(Operator)]
    [InlineData(Gateway)]
    public void Labels_and_annotations_say_what_it_is_and_what_it_was_made_of(string name)
    {
        var image = OciArchive.Read(name);

        foreach (var told in new[] { image.Configuration["config"]!["Labels"]!, image.Manifest["annotations"]! })
        {
            string Of(string key) => $"{told[$"org.opencontainers.image.{key}"]}";
            Assert.Equal(XDocument.Load(RepositoryFiles.PathOf("Directory.Build.props")).Descendants("Version").Single().Value, Of("version"));
            Assert.Equal("Apache-2.0", Of("licenses"));
            Assert.Matches("^[0-9a-f]{40}$", Of("revision"));
            Assert.StartsWith("https://github.com/", Of("source"), StringComparison.Ordinal);
            Assert.All((string[])["title", "description", "vendor"], key => Assert.NotEmpty(Of(key)));

            // The time of the commit, which makes the same image of the same commit.
            var created = DateTimeOffset.Parse(Of("created"), CultureInfo.InvariantCulture);
            Assert.Equal(created, DateTimeOffset.Parse($"{image.Configuration["created"]}", CultureInfo.InvariantCulture));
            Assert.All(image.Files, file => Assert.Equal(created, file.ModificationTime));
        }
    }

    [Theory]
    [InlineData(Operator, 45)]
    [InlineData(Gateway, 25)]
    public void It_stays_small(string name, int megabytes) => Assert.InRange(OciArchive.Read(name).Bytes, 1_000_000, megabytes * 1_000_000L);

    [Theory]
    [InlineData(Operator)]
    [InlineData(Gateway)]
    public void It_trusts_the_usual_authorities(string name) =>
        Assert.InRange(OciArchive.Read(name).TextOf("etc/ssl/certs/ca-certificates.crt").Split("-----BEGIN CERTIFICATE-----").Length, 50, 1000);

    [Theory]
    [InlineData(Operator, "operator", "Microsoft.NETCore.App.Runtime.{0}")]
    [InlineData(Gateway, "gateway", "runtime.{0}.Microsoft.DotNet.ILCompiler")]
    public void The_bill_of_materials_names_every_package_with_a_part_in_it(string name, string project, string pack)
    {
        var image = OciArchive.Read(name);

        var bill = JsonNode.Parse(File.ReadAllText(OciArchive.PathOf($"{name}.cdx.json")))!;

        Assert.Equal(("CycloneDX", name), ($"{bill["bomFormat"]}", $"{bill["metadata"]!["component"]!["name"]}"));
        var named = bill["components"]!.AsArray().Select(static component => $"{component!["purl"]}").ToList();
        Assert.Equal(Debian(image), named.Where(static purl => purl.StartsWith("pkg:deb/", StringComparison.Ordinal)).Select(static purl => purl[..purl.IndexOf('@', StringComparison.Ordinal)]));
        Assert.Contains("pkg:deb/debian/libssl3", Debian(image));
        var nuget = named.Where(static purl => purl.StartsWith("pkg:nuget/", StringComparison.Ordinal)).Select(static purl => purl["pkg:nuget/".Length..purl.IndexOf('@', StringComparison.Ordinal)]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, pack, RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64"), nuget);
        Assert.Empty(Packages(project).Except(nuget));
    }

    // What scanners read in the image.
    private static IEnumerable<string> Debian(OciArchive image) => image.Files
        .Where(static file => file.EntryType != TarEntryType.Directory && Path.GetDirectoryName(file.Name) == "var/lib/dpkg/status.d")
        .Select(static file => $"pkg:deb/debian/{Path.GetFileName(file.Name).Replace("+", "%2B", StringComparison.Ordinal)}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Packages(string project) => XDocument.Load(Directory.EnumerateFiles(RepositoryFiles.PathOf(project), "*.csproj").Single())
        .Descendants("PackageReference").Where(static package => package.Attribute("PrivateAssets") is null).Select(static package => package.Attribute("Include")!.Value);

    private static string? Folder(string path) => Path.GetFileName(Path.GetDirectoryName(path));
}
