package dev.highwater.view.corpus;

import java.util.ArrayList;
import java.util.List;

/// Every n-th view of a corpus.
public record Part(Corpus whole, int stride) implements Corpus {
    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public List<String> schema() {
        return whole.schema();
    }

    @Override
    public List<String> functions() {
        return whole.functions();
    }

    @Override
    public List<CorpusView> views() {
        var result = new ArrayList<CorpusView>();
        var names = new ArrayList<String>();
        int i = 0;
        for (var view : whole.views()) {
            if (i++ % stride == 0 && names.containsAll(view.uses())) {
                result.add(view);
                names.add(view.name());
            }
        }
        return result;
    }

    @Override
    public Changes changes(long seed, int scale) {
        return whole.changes(seed, scale);
    }
}
