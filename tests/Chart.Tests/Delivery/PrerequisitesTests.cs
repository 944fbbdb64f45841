using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests.Delivery;

/// <summary>
/// <c>build/install-prerequisites</c> on a machine that somebody uses: what it does as root goes through a <c>sudo</c> of the test, which writes it down. Prometheus is the one package that is missing there.
/// </summary>
[Trait("Category", "Processes")]
public sealed class PrerequisitesTests : IDisposable
{
    private const string WritesDown = """
        #!/bin/sh
        case "$*" in
            true) ;;
            *apt-get*install*) echo "$*; $([ -e "$MACHINE/usr/sbin/policy-rc.d" ] && echo nothing starts)" >>"$MACHINE/log"; touch "$MACHINE/installed"; [ ! -e "$MACHINE/cut" ] || kill -TERM $PPID; sleep 0.1 ;;
            apt-get*|systemctl*) echo "$*" >>"$MACHINE/log" ;;
            *) exec "$@" ;;
        esac
        """;

    private readonly string _machine = Directory.CreateTempSubdirectory("machine-").FullName;

    public PrerequisitesTests()
    {
        Directory.CreateDirectory(Path.Combine(_machine, "bin"));
        Directory.CreateDirectory(Path.Combine(_machine, "usr", "sbin"));
        Program("sudo", WritesDown);
        Program("id", "#!/bin/sh\necho 1000\n");
        Program("apt-get", "#!/bin/sh\ncat \"$MACHINE/plan\"\n");
        Program("dpkg-query", "#!/bin/sh\ncase \"$*\" in *prometheus*) exit 1 ;; *) printf installed ;; esac\n");
        // etcd and containerd are the user's.
        Program("systemctl", "#!/bin/sh\ncase \"$2\" in etcd|containerd) echo enabled ;; *) [ -e \"$MACHINE/installed\" ] && echo enabled || echo not-found ;; esac\n");
        Write("plan", "Inst prometheus (2.42.0 Debian:12 [amd64])\n");
    }

    public void Dispose() => Directory.Delete(_machine, recursive: true);

    [Fact]
    public async Task Only_the_service_that_has_just_come_is_disabled_and_none_starts_meanwhile()
    {
        var answer = await RunAsync();

        Assert.True(answer.ExitCode == 0, answer.Error);
        Assert.Equal(
            [
                "apt-get -qq update",
                "env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-remove --no-install-recommends prometheus; nothing starts",
                "systemctl disable --quiet prometheus",
            ],
            Log());
        Assert.False(File.Exists(Policy));
    }

    [Fact]
    public async Task Service_that_was_there_before_its_package_stays_enabled()
    {
        Write("installed", "");

        await RunAsync();

        Assert.DoesNotContain(Log(), static line => line.StartsWith("systemctl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_installed_where_apt_would_remove_something()
    {
        Write("plan", "Remv containerd.io [1.7.27-1]\nInst prometheus (2.42.0 Debian:12 [amd64])\n");

        var answer = await RunAsync();

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("nothing was installed: apt would remove containerd.io to make room for prometheus.", answer.Error, StringComparison.Ordinal);
        Assert.Equal(["apt-get -qq update"], Log());
    }

    [Fact]
    public async Task A_run_that_is_cut_short_lets_services_start_again()
    {
        Write("cut", "");

        var answer = await RunAsync();

        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(Log(), static line => line.EndsWith("nothing starts", StringComparison.Ordinal));
        Assert.False(File.Exists(Policy));
    }

    [Fact]
    public async Task Somebody_elses_rule_for_services_stays()
    {
        Write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n");

        await RunAsync();

        Assert.Equal("#!/bin/sh\nexit 0\n", File.ReadAllText(Policy));
    }

    private string Policy => Path.Combine(_machine, "usr", "sbin", "policy-rc.d");

    private string[] Log() => File.ReadAllLines(Path.Combine(_machine, "log"));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_machine, name), text);

    private void Program(string name, string text)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The script is for Debian.");
        }

        Write($"bin/{name}", text);
        File.SetUnixFileMode(Path.Combine(_machine, "bin", name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Task<CommandResult> RunAsync() => CommandResult.RunAsync(
        RepositoryFiles.PathOf("build/install-prerequisites"),
        [],
        environment: new Dictionary<string, string>
        {
            ["MACHINE"] = _machine,
            ["DPKG_ROOT"] = _machine,
            ["PATH"] = $"{_machine}/bin:{Environment.GetEnvironmentVariable("PATH")}",
        },
        cancellationToken: TestContext.Current.CancellationToken);
}
