namespace Chain.Node.Rpc;

/// <summary>What the configuration says about JSON-RPC: who may call beside those with the cookie, and how many may wait.</summary>
public sealed record RpcAccess
{
    /// <summary>How many may wait where the configuration says nothing: more than Core's 64, since none of them holds a thread.</summary>
    public const int DefaultWorkQueue = 256;

    /// <summary>How many may be answered at once where the configuration says nothing.</summary>
    private const int DefaultAtOnce = 16;

    private const string User = "rpcuser", Password = "rpcpassword", Auth = "rpcauth", Queue = "rpcworkqueue", Threads = "rpcthreads";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [User, Password, Auth, Queue, Threads, .. RpcWhitelist.Names];

    /// <summary>Names and passwords.</summary>
    public IReadOnlyList<RpcCredential> Credentials { get; init; } = [];

    /// <summary>How many requests may wait while others are answered.</summary>
    public int WorkQueue { get; init; } = DefaultWorkQueue;

    /// <summary>How many requests may be answered at once beside those that wait (Core: rpcthreads).</summary>
    public int AtOnce { get; init; } = DefaultAtOnce;

    /// <summary>Who may call which methods.</summary>
    public RpcWhitelist Whitelist { get; init; } = new();

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense, without showing it: it may be a secret.</summary>
    public static RpcAccess From(ConfigurationFile configuration)
    {
        var credentials = configuration.All(Auth)
            .Select((text, i) => RpcCredential.TryParse(text) ?? throw Wrong(configuration, $"{Auth} number {i + 1} has not the form USER:SALT$HASH that rpcauth.py makes"))
            .ToList();
        var password = configuration.Find(Password);
        var user = configuration.Find(User);
        if (user is not null && password is null) throw Wrong(configuration, $"{User} needs {Password}");
        if (user?.Contains(':', StringComparison.Ordinal) == true) throw Wrong(configuration, $"{User} must not hold a colon");
        if (password is { Length: > 0 }) credentials.Add(RpcCredential.FromPassword(user ?? "", password));
        return new RpcAccess
        {
            Credentials = credentials,
            WorkQueue = ReadNumber(configuration, Queue, DefaultWorkQueue),
            AtOnce = ReadNumber(configuration, Threads, DefaultAtOnce),
            Whitelist = RpcWhitelist.From(configuration),
        };
    }

    private static int ReadNumber(ConfigurationFile configuration, string name, int fallback)
    {
        if (configuration.Find(name) is not { } text) return fallback;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw Wrong(configuration, $"{name} must be a number from 1");
    }

    private static CommandException Wrong(ConfigurationFile configuration, string what) => new($"{configuration.Path}: {what}.");
}
