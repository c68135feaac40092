namespace Chain.Tests.Node;

/// <summary>
/// The names that <c>--json</c> gives of each command: a promise to programs, so that a name may be added here but none may go.
/// <c>[].</c> stands for each item of a list, <c>*.</c> for each value under a name that is an id, <c>?</c> behind what is not always there.
/// </summary>
internal static class JsonNames
{
    private const string Payment = "txid from to amount fee change vsize";
    private const string Addressed = "address balance immature leaving coming height";
    private const string Header = "hash confirmations height version versionHex merkleroot time mediantime nonce bits target difficulty chainwork nTx previousblockhash nextblockhash? strippedsize size weight";
    private const string Net = "folder agree tips partition delays nodes[].node nodes[].central nodes[].mines nodes[].running nodes[].state nodes[].height nodes[].tip nodes[].peers nodes[].mempool nodes[].group nodes[].p2p nodes[].url nodes[].address";
    private const string Snapshot = "name created genesis size files nodes[].node nodes[].height nodes[].tip nodes[].coins nodes[].mempool";
    private const string Miner = "running address automine blocktime threads";

    /// <summary>Of commands that need no running node, and of what else they can be asked.</summary>
    public static IReadOnlyDictionary<string, string> WithoutANode { get; } = new Dictionary<string, string>
    {
        ["createwallet"] = "address",
        ["listaddresses"] = "[]",
        ["createblockchain"] = "genesis file address",
        ["init"] = "node genesis",
        ["getbalance"] = "confirmed unconfirmed immature watchonly?",
        ["getbalance --address"] = Addressed,
        ["send --mine"] = Payment + " blockhash",
        ["send --dry-run"] = Payment + " dryrun allowed hex",
        ["mine"] = "address height hashes",
        ["faucet"] = "txid from to amount mined blockhash",
        ["reorg"] = "height kept fork left[].hash left[].height left[].transactions came[].hash came[].height came[].transactions returned lost",
        ["reindexutxo"] = "blocks coins total missing needless different index differences damaged",
        ["printchain"] = "[].hash [].confirmations [].height [].version [].versionHex [].merkleroot [].time [].mediantime [].nonce [].bits [].target [].difficulty [].chainwork [].nTx [].previousblockhash? [].nextblockhash? [].strippedsize [].size [].weight [].tx",
        ["printchain --tree"] = "[].hash [].height [].parent [].status [].time [].transactions",
        ["rpc"] = "chain blocks headers bestblockhash bits target difficulty time mediantime verificationprogress initialblockdownload chainwork size_on_disk pruned softforks warnings",
        ["show tip"] = "chain height hash time transactions size difficulty chainwork",
        ["show block"] = Header + " tx[].txid tx[].hash tx[].version tx[].size tx[].vsize tx[].weight tx[].locktime tx[].vin tx[].vout tx[].fee? tx[].hex",
        ["show tx"] = "txid hash version size vsize weight locktime vin[].txid vin[].vout vin[].scriptSig vin[].txinwitness? vin[].sequence vout[].value vout[].n vout[].scriptPubKey hex blockhash? confirmations? time? blocktime?",
        ["show address"] = Addressed + " utxos[].txid utxos[].vout utxos[].amount utxos[].satoshis utxos[].scriptPubKey utxos[].confirmations utxos[].mature utxos[].change",
        ["show utxo"] = "height bestblock txouts bogosize hash_serialized_3 total_amount transactions disk_size",
        ["show utxo OUTPOINT"] = "bestblock confirmations value scriptPubKey coinbase",
        ["show mempool"] = "*.vsize *.weight *.time *.height *.descendantcount *.descendantsize *.ancestorcount *.ancestorsize *.wtxid *.fees *.depends *.spentby *.bip125-replaceable *.unbroadcast",
        ["doctor"] = "problems findings[].kind findings[].what findings[].found findings[].advice?",
        ["completions bash"] = "shell script",
        ["completions zsh"] = "shell script",
        ["completions fish"] = "shell script",
        ["completions pwsh"] = "shell script",
        ["wallet info"] = "walletname walletversion format balance unconfirmed_balance immature_balance txcount keypoololdest keypoolsize hdseedid keypoolsize_hd_internal unlocked_until? paytxfee private_keys_enabled avoid_reuse scanning descriptors external_signer blank birthtime lastprocessedblock confirmed unconfirmed immature watched?",
        ["wallet history"] = "[].address [].category [].amount [].label [].vout [].fee? [].abandoned? [].confirmations [].generated? [].trusted? [].blockhash? [].blockheight? [].blockindex? [].blocktime? [].txid [].wtxid [].walletconflicts [].mempoolconflicts "
            + "[].replaced_by_txid? [].replaces_txid? [].to? [].comment? [].time [].timereceived [].bip125-replaceable [].parent_descs?",
        ["wallet label"] = "address label",
        ["wallet watch"] = "address label",
        ["wallet backup"] = "file",
        ["wallet restore"] = "wallet file",
        ["wallet export"] = "xprv",
        ["wallet export --address"] = "address privkey",
        ["wallet export --out"] = "file",
        ["wallet import"] = "imported label",
        ["wallet import MASTER"] = "wallet confirmed",
        ["wallet encrypt"] = "encrypted",
        ["wallet passphrase"] = "changed",
        ["wallet sign"] = "address signature",
        ["wallet verify"] = "address valid",
        ["wallet bump"] = "txid origfee fee errors",
        ["wallet rescan"] = "start_height stop_height",
        ["snapshot save"] = Snapshot,
        ["snapshot list"] = "[].name [].created [].genesis [].size [].files [].nodes",
        ["snapshot list NAME"] = Snapshot,
        ["snapshot restore"] = Snapshot + " started",
        ["snapshot delete"] = "deleted",
    };

    /// <summary>Of commands about nodes that run.</summary>
    public static IReadOnlyDictionary<string, string> WithNodes { get; } = new Dictionary<string, string>
    {
        ["net up"] = Net,
        ["net status"] = Net,
        ["net partition"] = Net,
        ["net delay"] = Net.Replace(" delays ", " delays[].from delays[].to delays[].milliseconds ", StringComparison.Ordinal),
        ["net heal"] = "agree height tip reorganisations",
        ["net logs"] = "node line",
        ["net down"] = "folder stopped",
        ["miner status"] = Miner,
        ["miner stop"] = Miner,
        ["miner start"] = Miner,
        ["show peers"] = "[].id [].addr [].addrbind [].addrlocal? [].network [].services [].servicesnames [].relaytxes [].lastsend [].lastrecv [].last_transaction [].last_block [].bytessent [].bytesrecv [].conntime [].timeoffset [].pingtime? [].minping? [].pingwait? "
            + "[].version [].subver [].inbound [].bip152_hb_to [].bip152_hb_from [].startingheight [].presynced_headers [].synced_headers [].synced_blocks [].inflight [].addr_relay_enabled [].addr_processed [].addr_rate_limited [].permissions [].minfeefilter "
            + "[].bytessent_per_msg [].bytesrecv_per_msg [].connection_type [].transport_protocol_type [].session_id",
        ["wallet unlock"] = "unlocked seconds",
        ["wallet lock"] = "locked",
        ["stop"] = "node stopped",
    };

    /// <summary>Of a chain that is tried out, which is told while it runs.</summary>
    public static IReadOnlyDictionary<string, string> Dev { get; } = new Dictionary<string, string>
    {
        ["dev"] = "realmoney node folder options temporary genesis rpc cookie automine blocktime accounts[].name accounts[].address accounts[].privatekey accounts[].balance",
    };

    /// <summary>Commands that give no data of their own: a log, the answers to what is typed, words for people.</summary>
    public static IReadOnlyList<string> WithoutData { get; } = ["startnode", "attach", "help"];
}
